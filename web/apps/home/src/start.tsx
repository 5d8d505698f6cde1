import "./styles.css";

import { show } from "./app/page.tsx";
import { StartPage } from "./app/start-page.tsx";

show(<StartPage />);
