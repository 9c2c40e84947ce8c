/** Messages of both sync contracts, encoded by hand: what is measured is the receiver. */

export const syncState = { all: 1, update: 3 };

const delimited = (field) => (field << 3) | 2;
const varintField = (field) => field << 3;

/** A SyncFlagsResponse of `flagd.sync.v1`, with an empty sync context, as flagd sends it. */
export function flagdMessage(flagSet) {
  return Buffer.concat([...text(flagSet), Buffer.from([delimited(2), 0])]);
}

/** A SyncFlagsResponse of `sync.v1`. */
export function syncMessage(state, flagSet) {
  return Buffer.concat([...text(flagSet), Buffer.from([varintField(2), state])]);
}

function text(flagSet) {
  const bytes = Buffer.from(flagSet);
  return [Buffer.from([delimited(1), ...varint(bytes.length)]), bytes];
}

function varint(number) {
  const bytes = [];
  for (let rest = number; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}
