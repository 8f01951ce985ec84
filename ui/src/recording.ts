/** The address of a moment in a recording, as players understand it; wall/recordings.py says the same. Pure. */
import type { SessionValue } from "./wire";

const YOUTUBE: readonly string[] = ["youtube.com", "youtu.be", "youtube-nocookie.com"];
const VIMEO: readonly string[] = ["vimeo.com", "player.vimeo.com"];
/** What browsers play themselves: there Media Fragments name a moment. */
const FILE = /\.(?:mp4|m4v|webm|ogv|mov|mp3|m4a|ogg|oga|wav)$/i;

/** `exact`: the address begins at the moment itself. */
export interface Moment {
  readonly url: string;
  readonly exact: boolean;
}

/** The address of a recording from so many seconds on; of a player that is not known, from its start. */
export function momentIn(address: string, seconds: number): Moment {
  const url = new URL(address);
  const host = url.hostname.replace(/^www\./, "").replace(/^m\./, "");
  if (YOUTUBE.includes(host)) {
    url.searchParams.delete("t");
    url.searchParams.delete("start");
    url.searchParams.set("t", `${seconds}s`);
  } else if (VIMEO.includes(host)) url.hash = `t=${seconds}s`;
  else if (FILE.test(url.pathname)) url.hash = `t=${seconds}`;
  else return { url: address, exact: false };
  return { url: url.href, exact: true };
}

/** A time from the start as players write it: 4:05, 1:02:03. */
export function lasting(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Where a point is in the recording of its session; `at`: how long after its start, or "". */
export interface Recorded extends Moment {
  readonly at: string;
}

/** The second at which a room took a point up, as far behind the room as the stream; null without a recording. */
export function recordedOf(floorAt: string | null, session: SessionValue | undefined): Recorded | null {
  if (!session?.recording) return null;
  const seconds = floorAt === null || session.begun_at === null ? -1 : Math.floor((Date.parse(floorAt) - Date.parse(session.begun_at)) / 1000);
  if (seconds < 0) return { url: session.recording, exact: false, at: "" };
  const from = seconds + session.delay_seconds;
  return { ...momentIn(session.recording, from), at: lasting(from) };
}
