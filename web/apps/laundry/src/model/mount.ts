export { base, mount } from "@livefloor/base";
