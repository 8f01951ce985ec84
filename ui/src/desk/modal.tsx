/** A window over the desk: the browser keeps the keyboard in it and gives it back afterwards. */
import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface Props {
  readonly title: string;
  readonly about?: string | undefined;
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly children: ComponentChildren;
}

export function Modal({ title, about, wide = false, onClose, onKeyDown, children }: Props): VNode {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = box.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={box} class={wide ? "modal modal-wide" : "modal"} aria-labelledby="modal-title"
      onCancel={(event) => (event.preventDefault(), onClose())}
      // What answers a question must not also be a key of the desk behind it.
      onKeyDown={(event) => (event.stopPropagation(), onKeyDown?.(event))}
    >
      <h2 id="modal-title">{title}</h2>
      {about && <p class="modal-about"><bdi dir="auto">{about}</bdi></p>}
      {children}
    </dialog>
  );
}
