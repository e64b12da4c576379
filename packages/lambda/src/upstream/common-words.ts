/** Words that services use in their errors. None is a person's name, number or place. */
const words: ReadonlySet<string> = new Set(
  (
    'a an the this that these of in on at to by for from with within and or not no only is are was be been has have had ' +
    'can cannot could must may should do does did your you it its please try again later before after wait ' +
    'access account action action allowed answer authorized available bad batch block blocked blocks body bytes cache ' +
    'characters check configuration content context conversation count credentials daily data day denied deprecated ' +
    'disabled documents does document enabled end error exceed exceeded exceeds expected expired failed field fields ' +
    'format found guardrail identifier image images inference input internal invalid invocation invoke key latency ' +
    'length life limit long longer malformed max maximum message messages metadata minimum minute missing mode model ' +
    'models modify name number operation output parameter parameters payment perform permission permissions policy ' +
    'processing profile prompt provided provisioned quota reached received reduce reformat region regions request ' +
    'requested requests required resource response retention retry role roles rate schema security service size specified ' +
    'status stream streaming submitted subscription support supported suspended system throughput tier time timeout ' +
    'token tokens too tool tools type unable unauthorized unexpected unknown unsupported update use used user value ' +
    'values version violation'
  ).split(' '),
);

/** More words than an error needs. */
const mostWords = 60;

/**
 * A message reduced to common words of errors: `the model _ does not support _`. It is safe for a log, because it keeps
 * none of a caller's words that are not in the list.
 *
 * @returns `undefined` if nothing is left.
 */
export function commonWords(message: string): string | undefined {
  const said: string[] = [];
  for (const [word] of message.toLowerCase().matchAll(/[^\s.,:;"'`()[\]]+/g)) {
    const kept = words.has(word) ? word : '_';
    if (kept !== '_' || said.at(-1) !== '_') said.push(kept);
    if (said.length === mostWords) break;
  }
  return said.some((word) => word !== '_') ? said.join(' ') : undefined;
}
