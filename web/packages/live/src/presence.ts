import type { Said } from "./frame.ts";

/** Somebody who is on a channel. */
export interface Member {
  readonly id: string;
  readonly name?: string | null;
  readonly role?: string;
}

/** Who is on which channel, as the server tells it. Presence is not in the log: after each new line it is told anew. */
export class Presence {
  #channels: ReadonlyMap<string, readonly Member[]> = new Map();
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Those on a channel, each user once; undefined while it is not known. The same array until somebody comes or goes. */
  members(channel: string): readonly Member[] | undefined {
    return this.#channels.get(channel);
  }

  /** Take what the server says of itself; what is not about presence changes nothing. */
  readonly read = (said: Said): void => {
    switch (said.event) {
      case "connected":
        this.clear();
        return;
      case "subscribed": {
        const { channels } = said.data as { channels: readonly string[] };
        this.#keep(new Map([...this.#channels].filter(([channel]) => channels.includes(channel))));
        return;
      }
      case "members": {
        const { channel, users } = said.data as { channel: string; users: readonly Member[] };
        this.#put(channel, users);
        return;
      }
      case "member_added": {
        const { channel, user } = said.data as { channel: string; user: Member };
        const members = this.#channels.get(channel);
        if (members !== undefined) this.#put(channel, [...members.filter((member) => member.id !== user.id), user]);
        return;
      }
      case "member_removed": {
        const { channel, user_id } = said.data as { channel: string; user_id: string };
        const members = this.#channels.get(channel);
        if (members?.some((member) => member.id === user_id)) this.#put(channel, members.filter((member) => member.id !== user_id));
        return;
      }
      default:
    }
  };

  /** Know nobody: the line is new, or another person signs in. */
  clear(): void {
    this.#keep(new Map());
  }

  #put(channel: string, members: readonly Member[]): void {
    this.#keep(new Map(this.#channels).set(channel, members));
  }

  #keep(channels: ReadonlyMap<string, readonly Member[]>): void {
    this.#channels = channels;
    for (const listener of this.#listeners) listener();
  }
}
