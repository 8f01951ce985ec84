/** Interface text, from the catalogue that Jinja reads too (wall/static/words). */
import en from "../../wall/static/words/en.json";
import fr from "../../wall/static/words/fr.json";
import type desk from "../../wall/static/words/desk/en.json";
import type join from "../../wall/static/words/join/en.json";

export type Key = keyof typeof en | keyof typeof desk | keyof typeof join;
type Stem<K extends string> = K extends `${infer S}.one` ? S : never;
export type CountKey = Stem<Key>;

type Catalogue = Readonly<Record<string, string>>;

const CATALOGUES: Record<string, Catalogue> = { en, fr };

/** Add what only one face says, by language: that face brings it along, and no other one loads it. */
export function learn(more: Readonly<Record<string, Catalogue>>): void {
  for (const [lang, texts] of Object.entries(more)) CATALOGUES[lang] = { ...CATALOGUES[lang], ...texts };
}

/** Whether the faces carry this language, given without its region. */
export function comesAlong(lang: string): boolean {
  return Object.hasOwn(CATALOGUES, lang);
}

/** The words of one language; a language that is not in the catalogue reads English. */
export class Words {
  /** The language that is read, as a BCP 47 tag. */
  readonly lang: string;
  readonly #texts: Catalogue;
  readonly #plural: Intl.PluralRules;
  readonly #number: Intl.NumberFormat;

  constructor(lang: string) {
    const own = CATALOGUES[lang.toLowerCase().split("-", 1)[0] ?? ""];
    this.lang = own ? lang : "en";
    this.#texts = { ...CATALOGUES["en"], ...own };
    this.#plural = new Intl.PluralRules(this.lang);
    this.#number = new Intl.NumberFormat(this.lang);
  }

  /** The text of a key; `{count}` in it becomes the number as this language writes it. */
  say(key: Key, count?: number): string {
    const text = this.#texts[key] ?? key;
    return count === undefined ? text : text.replace("{count}", this.number(count));
  }

  /** The text of a key with its `{fields}` filled; one that is not given stays as it is. */
  fill(key: Key, fields: Readonly<Record<string, string | number>>): string {
    return (this.#texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = Object.hasOwn(fields, name) ? fields[name] : whole;
      return typeof value === "number" ? this.number(value) : (value ?? whole);
    });
  }

  /** A number as this language writes it. */
  number(value: number): string {
    return this.#number.format(value);
  }

  /** The text of a key that has a form for one and a form for more. */
  count(key: CountKey, count: number): string {
    return this.say(`${key}.${this.#plural.select(count) === "one" ? "one" : "other"}`, count);
  }

  /** Whether the catalogue has this key: codes from the server may be newer than this page. */
  has(key: string): key is Key {
    return Object.hasOwn(this.#texts, key);
  }
}
