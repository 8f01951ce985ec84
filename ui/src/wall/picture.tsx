/** A picture of a post. It comes from this server; where it cannot be had, what stands in for it does. */
import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";

interface PictureProps {
  /** Same-origin address. */
  readonly src: string;
  /** The author's own description; "" for what only decorates. */
  readonly alt: string;
  readonly class: string;
  /** Pixels, where the network says so; the box keeps its place before the picture is there. */
  readonly width?: number | null;
  readonly height?: number | null;
  /** Shown where the picture cannot be had. */
  readonly children: ComponentChildren;
}

/** Wider or taller than this, a picture would push its post out of its card. */
const WIDEST = 3;
const TALLEST = 0.8;

export function Picture({ src, alt, class: name, width, height, children }: PictureProps): VNode {
  const [failed, setFailed] = useState("");
  if (failed === src) return <>{children}</>;
  return (
    <img
      class={name}
      src={src}
      alt={alt}
      loading="lazy"
      decoding="async"
      draggable={false}
      {...box(width, height)}
      onError={() => setFailed(src)}
    />
  );
}

/** Width and height as attributes: browsers take the shape from them, and the policy allows no styles. */
function box(width?: number | null, height?: number | null): { width: number; height: number } | null {
  if (!width || !height || width < 0 || height < 0) return null;
  const shape = Math.min(Math.max(width / height, TALLEST), WIDEST);
  return { width: 1200, height: Math.round(1200 / shape) };
}

/** Where a picture of a post is: its author's `avatar`, or an attachment by its place. */
export function pictureUrl(event: string, post: string, which: "avatar" | number, key: string): string {
  return `/media/${encodeURIComponent(event)}/${encodeURIComponent(post)}/${which}?key=${encodeURIComponent(key)}`;
}
