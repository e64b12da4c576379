import { spread } from '../markdown.ts';
import { wholeOf } from '../measure/cold.ts';
import { statisticsOf } from '../measure/statistics.ts';
import type { PartResult } from '../part.ts';
import { type ColdName, callsBeforeMemory, memoryOf, type Report } from './report.ts';

/** The main figures of the function, for the report of all parts. */
export function lambdaResult(report: Report): PartResult {
  const { sdkVersion, warm, cold, size, deltaDelay, longStreams, memory } = report;
  const times = (measured: readonly number[], base: readonly number[]) =>
    statisticsOf(measured).median / statisticsOf(base).median;
  const whole = (name: ColdName) => wholeOf(cold.get(name));
  const warmRatio = times(warm.unlimited, warm.bare);
  const coldRatio = times(whole('unlimited'), whole('bare'));
  const streamRatio = times(longStreams.proxy, longStreams.bare);
  const events = longStreams.events.toLocaleString('en');
  const resident = memoryOf(memory.get('limited')).median;
  const row = (label: string, measured: readonly number[], base: readonly number[], digits: number) => [
    label,
    spread(statisticsOf(base), digits),
    spread(statisticsOf(measured), digits),
    times(measured, base).toFixed(2),
  ];
  return {
    title: 'The Lambda function',
    page: 'lambda.md',
    about:
      'Compared with the same call by the bare AWS SDK, in ms; the median, and the quartiles in brackets.',
    versions: { '@aws-sdk/client-bedrock-runtime': sdkVersion },
    aims: [
      atMost('a warm call, nothing counted, over the bare SDK', warmRatio, 0.75),
      atMost('a cold start, nothing counted, over the bare SDK', coldRatio, 0.9),
      atMost(`the CPU of a stream of ${events} events, over the bare SDK`, streamRatio, 0.6),
      atMost(`MiB of the process after ${callsBeforeMemory} calls with six limits`, resident, 95, 0),
      atMost('KB minified, with the client of the ledger', size.proxy.minified / 1000, 450, 0),
    ],
    figures: {
      head: ['', 'bare SDK', 'proxy', 'ratio'],
      rows: [
        row('a warm call, nothing counted', warm.unlimited, warm.bare, 2),
        row('a warm call, six limits', warm.limited, warm.bare, 2),
        row('a cold start, nothing counted', whole('unlimited'), whole('bare'), 0),
        row('a cold start, six limits', whole('limited'), whole('bare'), 0),
        row(`CPU of a stream of ${events} events`, longStreams.proxy, longStreams.bare, 0),
        row('a piece of a stream', deltaDelay.proxy, deltaDelay.bare, 3),
      ],
    },
  };
}

function atMost(what: string, found: number, most: number, digits = 2): PartResult['aims'][number] {
  return { aim: `${what}: at most ${most}`, found: found.toFixed(digits), met: found <= most };
}
