/** What only the desk says. Importing this teaches it to `Words`. */
import en from "../../../wall/static/words/desk/en.json";
import fr from "../../../wall/static/words/desk/fr.json";
import { learn } from "../words";

learn({ en, fr });
