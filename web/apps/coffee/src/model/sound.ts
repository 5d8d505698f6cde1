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

/** Ring for a new cup; in another way for one that needs care. Silent until somebody has touched the page: browsers want that. */
export function ring(needsCare: boolean): void {
  if (sound === "off" || !(navigator as Partial<Navigator>).userActivation?.hasBeenActive) return;
  context ??= new AudioContext();
  for (const [place, pitch] of (needsCare ? [880, 660, 880] : [660]).entries()) {
    const from = context.currentTime + place * 0.18;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.2, from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + 0.16);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + 0.17);
  }
}
