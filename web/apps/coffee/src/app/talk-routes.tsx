import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { crew, signedIn } from "./routes.tsx";

const stock = createRoute({ getParentRoute: () => signedIn, path: "/station/$id/stock", beforeLoad: crew, component: lazyRouteComponent(() => import("./stock-page.tsx"), "StockPage") });
const chatPage = lazyRouteComponent(() => import("./chat-page.tsx"), "ChatPage");
const stationChat = createRoute({ getParentRoute: () => signedIn, path: "/station/$id/chat", beforeLoad: crew, component: chatPage });
const chat = createRoute({ getParentRoute: () => signedIn, path: "/chat", beforeLoad: crew, component: chatPage });
const messagesPage = lazyRouteComponent(() => import("./messages-page.tsx"), "MessagesPage");
const messages = createRoute({ getParentRoute: () => signedIn, path: "/messages", beforeLoad: crew, component: messagesPage });
const conversation = createRoute({ getParentRoute: () => signedIn, path: "/messages/$id", beforeLoad: crew, component: messagesPage });

export const talkRoutes = [stock, stationChat, chat, messages, conversation] as const;
