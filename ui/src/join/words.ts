/** What only the participants' page says. Importing this teaches it to `Words`. */
import en from "../../../wall/static/words/join/en.json";
import fr from "../../../wall/static/words/join/fr.json";
import { learn } from "../words";

learn({ en, fr });
