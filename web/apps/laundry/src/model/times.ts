export { dateText, setTimeZone, timeText, whenText } from "@livefloor/base/times";
