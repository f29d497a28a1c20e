import { describeForms } from "./forms";

describeForms("the forms in the editor of this project's own Node-RED", async () => undefined);
