import { describeSidebar } from "./browser";

describeSidebar("the sidebar in the editor of this project's own Node-RED", async () => undefined);
