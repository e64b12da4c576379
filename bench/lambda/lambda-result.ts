import { spread } from '../markdown.ts';
import { wholeOf } from '../measure/cold.ts';
import { statisticsOf } from '../measure/statistics.ts';
import type { PartResult } from '../part.ts';
import type { ColdName, Report } from './report.ts';

/** What the functions add, in short. */
export function lambdaResult({ sdkVersion, warm, cold, size, deltaDelay }: Report): PartResult {
  const times = (measured: readonly number[], base: readonly number[]) =>
    statisticsOf(measured).median / statisticsOf(base).median;
  const whole = (name: ColdName) => wholeOf(cold.get(name));
  const warmRatio = times(warm.unlimited, warm.bare);
  const coldRatio = times(whole('unlimited'), whole('bare'));
  const row = (label: string, measured: readonly number[], base: readonly number[], digits: number) => [
    label,
    spread(statisticsOf(base), digits),
    spread(statisticsOf(measured), digits),
    times(measured, base).toFixed(2),
  ];
  return {
    title: 'The Lambda functions',
    page: 'lambda.md',
    about: 'Beside the same call by the bare AWS SDK, in ms; the median, and the quartiles in brackets.',
    versions: { '@aws-sdk/client-bedrock-runtime': sdkVersion },
    aims: [
      {
        aim: 'a warm call at most 1.15 times the bare SDK, nothing counted',
        found: warmRatio.toFixed(2),
        met: warmRatio <= 1.15,
      },
      {
        aim: 'a cold start at most 1.15 times the bare SDK, nothing counted',
        found: coldRatio.toFixed(2),
        met: coldRatio <= 1.15,
      },
      {
        aim: 'under 450 KB minified, with the client of the ledger',
        found: `${(size.proxy.minified / 1000).toFixed(0)} KB`,
        met: size.proxy.minified < 450_000,
      },
    ],
    figures: {
      head: ['', 'bare SDK', 'proxy', 'ratio'],
      rows: [
        row('a warm call, nothing counted', warm.unlimited, warm.bare, 2),
        row('a warm call, six limits', warm.limited, warm.bare, 2),
        row('a cold start, nothing counted', whole('unlimited'), whole('bare'), 0),
        row('a cold start, six limits', whole('limited'), whole('bare'), 0),
        row('a piece of a stream', deltaDelay.proxy, deltaDelay.bare, 3),
      ],
    },
  };
}
