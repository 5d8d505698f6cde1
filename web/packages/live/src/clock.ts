const LEAST_STEP_MS = 2_000;

/** The server's time, as well as this device can know it. A phone's own clock may be minutes off. */
export class ServerClock {
  #offsetMs = 0;
  #known = false;

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Take a time the server has just told. `tripMs` is how long the question and its answer took together. */
  observe(serverTime: string, tripMs = 0): void {
    const told = Date.parse(serverTime);
    if (Number.isNaN(told)) return;
    const offset = told + tripMs / 2 - Date.now();
    // Small differences are the network's, not the clock's: following them would make countdowns twitch.
    if (this.#known && Math.abs(offset - this.#offsetMs) < 400) return;
    this.#offsetMs = offset;
    this.#known = true;
  }

  /** Take the time of something that has happened: it is not in the future, so a clock that says so is behind. */
  reached(at: string): void {
    if (Date.parse(at) > this.now() + LEAST_STEP_MS) this.observe(at);
  }
}
