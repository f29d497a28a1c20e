import { describeSidebar } from "../editor/sidebar/browser";
import { release } from "../support/releases";

describeSidebar("the sidebar in the editor of Node-RED 5", () => release("5", "22"));
describeSidebar("the sidebar in the editor of Node-RED 3.1", () => release("3.1", "20"));
