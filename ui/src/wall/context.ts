/** What every component of the wall is given by the page around it. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { Words } from "../words";
import { Times } from "./times";

export const WordsContext = createContext(new Words("en"));
export const TimesContext = createContext(new Times("en", "UTC"));

export const useWords = (): Words => useContext(WordsContext);
export const useTimes = (): Times => useContext(TimesContext);
