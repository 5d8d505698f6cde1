import { useSyncExternalStore } from "react";

type Sound = "on" | "off";

const KEY = "livefloor-coffee sound";
const listeners = new Set<() => void>();
let sound: Sound = localStorage.getItem(KEY) === "off" ? "off" : "on";
let context: AudioContext | null = null;

export function setSound(next: Sound): void {
  sound = next;
  localStorage.setItem(KEY, next);
  for (const tell of listeners) tell();
}

export function useSound(): Sound {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => sound,
  );
}

/** What there is to hear: each has its own notes, by pitch. */
const LOUDEST = 0.25;
const NOTES = { cup: [660], vip: [660, 880, 990], allergy: [880, 660, 880, 660], urgent: [520, 520, 520] };
export type Bell = keyof typeof NOTES;

/** Ring for something, as loud as the station is set, in percent. Silent until somebody has touched the page: browsers want that. */
export function ring(bell: Bell, percent = 80): void {
  if (sound === "off" || percent === 0 || !(navigator as Partial<Navigator>).userActivation?.hasBeenActive) return;
  context ??= new AudioContext();
  for (const [place, pitch] of NOTES[bell].entries()) {
    const from = context.currentTime + place * 0.18;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(LOUDEST * (percent / 100), from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + 0.16);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + 0.17);
  }
}
