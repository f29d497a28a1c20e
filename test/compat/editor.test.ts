import { describeForms } from "../editor/forms";
import { release } from "../support/releases";

describeForms("the forms in the editor of Node-RED 5", () => release("5", "22"));
