/** An event as the wire tells it. */
export interface Frame {
  readonly event: string;
  /** `seq.place`, rising in the order of commits. */
  readonly id: string;
  readonly seq: number;
  readonly at: string;
  readonly data: unknown;
}

/** What the server says of itself: it is not in the log and has no id. */
export interface Said {
  readonly event: string;
  readonly data: unknown;
}

/** Order of two frame ids; negative when `left` is older. */
export function compareIds(left: string, right: string): number {
  const [leftSeq = 0, leftPlace = 0] = left.split(".").map(Number);
  const [rightSeq = 0, rightPlace = 0] = right.split(".").map(Number);
  return leftSeq - rightSeq || leftPlace - rightPlace;
}

export function newerId(left: string | null, right: string | null): string | null {
  if (left === null) return right;
  if (right === null) return left;
  return compareIds(left, right) >= 0 ? left : right;
}

export function seqOf(id: string | null): number {
  return id === null ? 0 : Number(id.split(".")[0]);
}
