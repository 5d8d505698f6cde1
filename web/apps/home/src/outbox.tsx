import "./styles.css";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";

import { OutboxPage } from "./app/outbox-page.tsx";
import { show } from "./app/page.tsx";

show(
  <QueryClientProvider client={new QueryClient()}>
    <OutboxPage />
  </QueryClientProvider>,
);
