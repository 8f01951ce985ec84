/** What a chair orders by one tap, and whether it was done. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { useSignal, type Signal } from "@preact/signals";
import type { Browser } from "../browser";
import { newCause, send, type Request } from "../commands";

export interface Orders {
  /** Verbs that this reader's roles allow. */
  readonly may: ReadonlySet<string>;
  readonly browser: Browser;
  readonly event: string;
}

export const OrdersContext = createContext<Orders | null>(null);

export function useOrders(): Orders {
  const orders = useContext(OrdersContext);
  if (!orders) throw new Error("the chair view's components need its orders");
  return orders;
}

/** How an order goes: nothing was asked, it is under way, or it was not taken. */
export type Going = "" | "under_way" | "failed";

/** A way to give one order at a time, and how the last one went. */
export function useOrder(): { readonly going: Signal<Going>; readonly give: (request: Request) => Promise<boolean> } {
  const { browser, event } = useOrders();
  const going = useSignal<Going>("");
  const give = async (request: Request): Promise<boolean> => {
    if (going.value === "under_way") return false;
    going.value = "under_way";
    going.value = await done(browser, event, request);
    return going.value === "";
  };
  return { going, give };
}

async function done(browser: Browser, event: string, request: Request): Promise<Going> {
  try {
    await send(browser, event, request, newCause());
    return "";
  } catch {
    return "failed"; // refused, or no network: the page shows how things are, and the person decides
  }
}
