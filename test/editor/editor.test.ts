import { describeForms } from "./forms";

describeForms("the editor of this project's own Node-RED", async () => undefined);
