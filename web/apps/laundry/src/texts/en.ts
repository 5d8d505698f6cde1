import type { MachineType } from "@livefloor/api/laundry";

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const KIND: Record<MachineType, { one: string; many: string; One: string; Many: string }> = {
  washer: { one: "washer", many: "washers", One: "Washer", Many: "Washers" },
  dryer: { one: "dryer", many: "dryers", One: "Dryer", Many: "Dryers" },
};

/** What a notification says, as the server wrote it or in the words of this page. */
export interface Said {
  readonly notification_type: string;
  readonly title: string;
  readonly message: string;
  readonly link: string;
}

export type Words = Pick<Said, "title" | "message">;

/** `1st`, `2nd`, `3rd`, `4th`. */
function ordinal(place: number): string {
  const teen = place % 100 >= 11 && place % 100 <= 13;
  const ending = teen ? "th" : (["th", "st", "nd", "rd"][place % 10] ?? "th");
  return `${place}${ending}`;
}

/** What everybody reads; texts of the desk and of the admin pages are in their own folders. */
export const texts = {
  product: "Laundry",
  close: "Close",
  dismiss: "Dismiss message",
  loading: "Loading",
  more: "Show more",
  notFound: { title: "There is no such page", text: "The address may be mistyped, or the machine is gone.", home: "To the room" },

  failure: {
    title: "That did not load",
    crashed: "Something on this page went wrong.",
    retry: "Try again",
    retrying: "Trying…",
  },

  line: {
    connecting: "Connecting",
    live: "Live",
    reconnecting: "Reconnecting",
    offline: (time: string | null) => (time === null ? "Offline" : `Offline, as of ${time}`),
    kept: (time: string) => `Connecting, as of ${time}`,
    offlineNotice: (time: string | null) =>
      time === null
        ? "You are offline. What you do now is sent when the connection is back."
        : `You are offline. This is how it looked at ${time}; no machine can be trusted to be free. What you do now is sent when the connection is back.`,
  },

  nav: {
    label: "Sections",
    room: "Room",
    mine: "My laundry",
    activity: "Activity",
    quietTimes: "Quiet times",
    report: "Report a fault",
    profile: "Profile",
    desk: "Desk",
    faults: "Faults",
    people: "People",
    insights: "Insights",
    admin: "Admin",
    more: "More",
  },

  account: {
    open: "Account and appearance",
    title: "Account",
    theme: "Appearance",
    themes: { system: "System", light: "Light", dark: "Dark" },
    signOut: "Sign out",
    signingOut: "Signing out…",
    language: "Language",
    languages: { en: "English", de: "Deutsch" },
    links: "More",
    roles: { student: "Student", staff: "Staff", admin: "Admin" },
  },

  session: {
    over: "Your session is over. Sign in again to go on where you were.",
    signIn: "Sign in",
    signingIn: "Signing in…",
    welcome: "See what is free before you walk down.",
    studentId: "Student ID",
    studentIdHint: "6 digits",
    pin: "PIN",
    pad: "Number pad",
    erase: "Erase last digit",
    noAccount: "New here?",
    register: "Register",
    registering: "Registering…",
    registerTitle: "Register",
    registerText: "One account for all machines in the room.",
    haveAccount: "Already registered?",
    forgotten: "Forgot your PIN?",
    staff: "Staff sign-in",
    student: "Student sign-in",
    staffTitle: "Staff sign-in",
    staffId: "Staff ID",
    password: "Password",
    phone: "Phone number",
    phoneHint: "Only staff can see it.",
    newPin: "New PIN",
    chosenPinHint: "4 digits. Not a birth year, not a pattern.",
    weakPin: "This PIN is easy to guess. Choose another one.",
    roomCode: "Room code",
    roomCodeHint: "It is posted in the laundry room.",
    code: "Code",
    codeHint: "8 digits, from the message or the laundry desk.",
    codeAsked: "This device is new. Enter the code that was sent to your phone, or ask the laundry desk for one.",
    attemptsLeft: (left: number) => `${plural(left, "try", "tries")} left before a pause.`,
    lockedFor: "You can try again in",
    newPinTitle: "New PIN",
    newPinText: "Get a code by message or from the laundry desk, then choose a new PIN.",
    sendCode: "Send me a code",
    sendingCode: "Sending…",
    codeSent: "If that ID has a phone number, a code is on its way. Otherwise ask the laundry desk.",
    savePin: "Save new PIN",
    savingPin: "Saving…",
    needsId: "The student ID has 6 digits.",
    needsPin: "The PIN has 4 digits.",
    needsPhone: "The phone number has 10 to 15 digits.",
  },

  kinds: KIND,
  machine: (type: MachineType, number: number) => `${KIND[type].One} ${number}`,

  room: {
    headline: (type: MachineType, free: number) =>
      free === 0 ? `No ${KIND[type].one} free` : `${plural(free, KIND[type].one, KIND[type].many)} free`,
    now: "now",
    nextDone: (minutes: number) => (minutes < 1 ? "next done within a minute" : `next done in ${minutes} min`),
    waiting: (count: number) => `${count} waiting`,
    noMachines: "There are no machines in this room yet. Staff add them at the desk.",
    unknownFree: "Free machines unknown while offline",
  },

  tile: {
    yours: "Yours",
    free: "Free",
    keptForYou: "Kept for you",
    kept: "Kept",
    until: (time: string) => `until ${time}`,
    nextInLine: "for the next in line",
    running: "Running",
    finishing: "Finishing",
    shouldBeDone: "Should be done by now",
    done: "Done",
    waitingPickup: "Waiting for pick\u2011up",
    doneAgo: (minutes: number) => (minutes < 1 ? "Done just now" : `Done ${minutes < 120 ? `${minutes}\u00a0min` : `${Math.floor(minutes / 60)}\u00a0h`} ago`),
    pickupOver: "Pick-up time is over",
    loadInside: "Load inside",
    off: "Out of order",
    offSince: (date: string) => `since ${date}`,
    back: (date: string) => `back ${date}`,
    unknown: "Not known",
    left: (minutes: number) => (minutes < 1 ? "less than 1 min left" : `${minutes} min left`),
    reports: (count: number) => plural(count, "report", "reports"),
    by: (name: string) => `by ${name}`,
    walkUp: "started by hand",
  },

  sheet: {
    start: "Start",
    starting: "Starting…",
    category: "Programme",
    minutes: (minutes: number, end: string) => `${minutes} min · done ${end}`,
    machineCode: "Code on the machine",
    machineCodeHint: "4 characters on the sticker.",
    pressToo: "Press start on the machine as well: this only tells everyone that it is yours.",
    heldForOther: (time: string) => `Kept for the next in line until ${time}.`,
    heldByFinder: (time: string) => `Kept until ${time} for the person who emptied it.`,
    keptForYou: (time: string) => `Kept for you until ${time}.`,
    runsUntil: (time: string) => `Done at ${time}`,
    timeLeft: "Time left",
    takenOut: "I've taken it out",
    takingOut: "Saving…",
    takenOutTitle: "Taken out already?",
    takenOutText: (left: string) => `It should still run for ${left}.`,
    yesOut: "Yes, the machine is empty",
    stoppedInside: "It has stopped, my laundry is still inside",
    keepRunning: "No, keep it running",
    extend: "Add time",
    extendTitle: "Change to a longer programme",
    extending: "Adding…",
    longest: "It already runs the longest programme.",
    cancel: "It is not running",
    cancelTitle: "Take the start back?",
    cancelText: "Only if the machine does not run and the drum is empty. Others will see it as free.",
    cancelling: "Taking back…",
    yesCancel: "Yes, not running and empty",
    back: "No, go back",
    doneAt: (time: string) => `Finished at ${time}.`,
    collectBy: (time: string) => `Collect by ${time}. After that others may put it aside.`,
    collectNow: "Pick-up time is over: others may put your laundry aside now.",
    graceUntil: (time: string) => `Its owner can collect until ${time}. After that you may put the laundry aside.`,
    releaseText: "The pick-up time is over, so you may put the laundry aside. Its owner is told where it is.",
    whatDidYouFind: "What did you find?",
    foundEmpty: "It was empty",
    movedTo: (place: string) => `I moved it to: ${place}`,
    photo: "Add a photo of the place",
    photoHint: "Not needed, but it helps the owner to find the laundry.",
    release: "Free the machine",
    releasing: "Saving…",
    nudge: "Remind the owner",
    nudging: "Reminding…",
    nudged: "The owner has been reminded.",
    disabled: (since: string) => `Out of order since ${since}.`,
    expectedBack: (date: string) => `Expected back ${date}.`,
    loadInsideOff: "Your laundry is still inside. Take it out when you can.",
    report: "Report a fault",
    offline: "You are offline. This works again when the connection is back.",
    notFound: "This machine does not exist any more.",
    joinInstead: (type: MachineType) => `Join the ${KIND[type].one} list`,
    started: (name: string, end: string) => `${name} is yours until ${end}.`,
    startedListLeft: (name: string, end: string) => `${name} is yours until ${end}. Your place in the list is given up.`,
    extended: (name: string, end: string) => `${name} now runs until ${end}.`,
    cancelled: (name: string) => `${name} is free again.`,
    collected: (name: string) => `Thank you. ${name} is empty.`,
    ended: (name: string) => `${name} has finished. Please take your laundry out.`,
    released: (name: string) => `Thank you. ${name} is free.`,
  },

  photo: {
    remove: "Remove photo",
    preview: "The photo that will be sent",
    faultAlt: (machine: string) => `Photo of ${machine}`,
    placeAlt: (place: string) => `Photo of your laundry at: ${place}`,
  },

  faults: {
    last: "Last faults",
    none: "No faults have been reported here lately.",
    kinds: {
      no_power: "No power",
      no_water: "No water",
      not_draining: "Does not drain",
      not_spinning: "Does not spin",
      not_heating: "Does not heat",
      door: "Door",
      noise: "Noise",
      payment: "Payment",
      other: "Something else",
      water_leak: "Water leak",
      burning_smell: "Burning smell",
      electric_shock: "Electric shock",
    },
    states: { open: "Open", acknowledged: "Seen by staff", resolved: "Resolved", dismissed: "Dismissed" },
  },

  truth: {
    question: "Not what you see in the room?",
    text: "Tell everyone what is really there. Your display name is shown with it.",
    saving: "Saving…",
    thanks: "Thank you. The board is true again.",
    seen: { running: "It is running", full: "It is full and not running", empty: "It is empty" },
  },

  list: {
    title: (type: MachineType) => `${KIND[type].One} list`,
    empty: (type: MachineType) => `Nobody is waiting. Join and the next free ${KIND[type].one} is kept for you.`,
    join: (type: MachineType) => `Join ${KIND[type].one} list`,
    joining: "Joining…",
    leave: (type: MachineType) => `Leave ${KIND[type].one} list`,
    leaving: "Leaving…",
    you: "You",
    called: (name: string, time: string) => `${name} until ${time}`,
    waitAbout: (minutes: number) => (minutes < 1 ? "any moment" : `about ${minutes} min`),
    waitUnknown: "wait not known",
    yourPlace: (place: number, wait: string) => `You are ${ordinal(place)}, ${wait}`,
    joined: (place: number) => `You are ${ordinal(place)} in the list.`,
    joinedCalled: "It is your turn already.",
    left: "You have left the list.",
    more: (count: number) => `and ${count} more`,
  },

  turn: {
    title: "Your turn",
    kept: (name: string, time: string) => `${name} is kept for you until ${time}.`,
    loadToMove: (name: string, time: string) => `${name} is kept for you until ${time}. A finished load is inside: put it aside, then start.`,
    left: "Time left",
    start: (name: string) => `Start ${name}`,
    makeRoom: (name: string) => `Make room in ${name}`,
    pass: "Let the next go first",
    passing: "Passing…",
    passed: "The next in line goes first. You keep your place behind.",
    leave: "Leave the list",
    leaveTitle: "Give up your turn?",
    leaveText: "You cannot join this list again for a while.",
    yesLeave: "Yes, leave the list",
    stay: "No, keep my turn",
  },

  mine: {
    title: "My laundry",
    machines: "My machines",
    lists: "My places",
    empty: "You have no laundry in a machine. Pick a free one in the room.",
    toRoom: "See what is free",
    noPlaces: "You are in no list. Join one in the room and the next free machine is kept for you.",
    open: (name: string) => `Open ${name}`,
    moved: "Your laundry was moved",
    movedTo: (name: string, place: string) => `What was in ${name} is here: ${place}.`,
    foundEmpty: (name: string) => `Somebody found ${name} empty.`,
    movedAt: (time: string) => `Put there at ${time}`,
    emptyAt: (time: string) => `Said at ${time}`,
  },

  countdown: (name: string, minutes: number) =>
    minutes === 0 ? `${name} has reached its time.` : `${name}: ${plural(minutes, "minute", "minutes")} left.`,
  turnCountdown: (name: string, minutes: number) =>
    minutes === 0 ? `Your turn for ${name} is over.` : `${name} is kept for you for ${plural(minutes, "more minute", "more minutes")}.`,

  notifications: {
    title: "Notifications",
    bell: (unread: number) => (unread === 0 ? "Notifications" : `Notifications, ${unread} unread`),
    empty: "Nothing yet. You are told here when your laundry is done or it is your turn.",
    readAll: "Mark all as read",
    reading: "Marking…",
    unread: "New",
    remove: (title: string) => `Delete: ${title}`,
    said: ({ title, message }: Said): Words => ({ title, message }),
    push: {
      title: "Messages to this device",
      on: "On. You are told on this device, also while the page is closed.",
      off: "Off. Switch on to be told when your laundry is done or it is your turn.",
      blocked: "Blocked by this browser. Allow notifications for this page in the settings of the browser, then come back.",
      unsupported: "This browser cannot receive messages. On an iPhone or iPad, first add this page to the home screen.",
      unconfigured: "Not set up for this room. You are told here, in the list.",
      busy: "One moment…",
      turnOn: "Switch on",
      turnOff: "Switch off",
    },
  },

  /** Sentences for refusals, by their code, where the page can say it better than the server. */
  problems: {} as Record<string, (details: Readonly<Record<string, unknown>>) => string>,
};
