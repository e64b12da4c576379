import { parseArgs } from 'node:util';

export interface SoakArguments {
  readonly requests: number;
  readonly seed: number;
  readonly callers: number;
}

/** A run this long writes the report. */
export const reportedFrom = 100_000;

/** Each round makes requests, and ends with a measurement. */
export const rounds = 25;

/** Four a round: with fewer, hardly any team is asked. */
export const fewestRequests = 100;

const mostCallers = 256;

export const usage = `Usage: npm run soak -- [options]

Makes requests among faults at random, then checks every account against what Bedrock billed.

  --requests NUMBER  at least ${fewestRequests}; from ${reportedFrom} on, docs/benchmarks/soak.md is written (default: ${reportedFrom})
  --seed NUMBER      which faults are met (default: another one each time; it is printed)
  --callers NUMBER   callers at once, 1 to ${mostCallers} (default: 16)
  --help             this text

100,000 requests take about 20 minutes on 2 cores; 1,000 take about a minute.
`;

/**
 * Reads what was typed after `npm run soak --`.
 *
 * @param chosenSeed The seed where none is given.
 * @throws {Error} If an option is unknown, or its value is not what {@link usage} says.
 */
export function parseSoakArguments(args: readonly string[], chosenSeed: number): SoakArguments | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      requests: { type: 'string', default: String(reportedFrom) },
      seed: { type: 'string', default: String(chosenSeed) },
      callers: { type: 'string', default: '16' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const whole = (name: 'requests' | 'seed' | 'callers', least: number, most = Number.MAX_SAFE_INTEGER) => {
    const text = values[name];
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most) {
      const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
      throw new Error(`--${name} must be a whole number ${range}, and is "${text}".`);
    }
    return number;
  };
  return {
    requests: whole('requests', fewestRequests),
    seed: whole('seed', 0),
    callers: whole('callers', 1, mostCallers),
  };
}
