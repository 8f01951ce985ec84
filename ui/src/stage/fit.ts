/** Text as large as its place allows. */

/** Of the whole numbers from `least` to `most`, the largest that fits; `least` where none does. Pure. */
export function largest(least: number, most: number, fits: (size: number) => boolean): number {
  let [low, high] = [least, Math.max(least, most)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

const WHOLE = 0.72;

/** Set the font size of `text` so that it fills `place`, in CSS pixels. What does not fit even then scrolls.
    `share`: words are broken where keeping them whole would make everything smaller than this part; 0: never. */
export function fit(place: HTMLElement, text: HTMLElement, least: number, most: number, share = WHOLE): void {
  const fits = (size: number): boolean => {
    text.style.fontSize = `${size}px`;
    return text.scrollHeight <= place.clientHeight && text.scrollWidth <= place.clientWidth;
  };
  text.style.overflowWrap = "anywhere";
  const broken = largest(least, most, fits);
  text.style.overflowWrap = "normal";
  const whole = largest(least, most, fits);
  const keep = whole >= broken * share && fits(whole);
  if (!keep) text.style.overflowWrap = "anywhere";
  text.style.fontSize = `${keep ? whole : broken}px`;
}
