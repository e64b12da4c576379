import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHelper } from '../../test/helper-process.ts';
import { startDynamoDbProcess } from '../backends/backends.ts';
import { spread } from '../markdown.ts';
import { publish, short } from '../part.ts';
import { aimsOf, isOurs } from './aims.ts';
import { installPeers } from './installed-peers.ts';
import { type Effort, measure } from './measure.ts';
import { profileOurs } from './profile.ts';
import { type GatewaysReport, headlineOf, reportText } from './report.ts';
import { resultsOf } from './results.ts';
import { stagesOf } from './stages.ts';
import { startSubjects } from './subjects.ts';

/** Measures the time that the proxy and other gateways add to a call, and writes the report. */
const effort: Effort = short ? { rounds: 2, warmUp: 500, load: 400 } : { rounds: 7, warmUp: 3000, load: 750 };

const peers = await installPeers();
const directory = await mkdtemp(join(tmpdir(), 'bedrock-proxy-bench-'));
const upstream = await startHelper<{ port: number }>(join(import.meta.dirname, 'upstream-process.ts'));
const dynamodb = await startDynamoDbProcess();
const upstreams = {
  upstream: { url: `http://127.0.0.1:${upstream.started.port}`, pid: upstream.pid },
  dynamodb: { url: dynamodb.started.url, pid: dynamodb.pid },
};

const subjects = await startSubjects(directory, upstreams, peers);
const results = resultsOf(await measure(subjects, effort));
const ours = subjects.find(isOurs);
if (!ours) throw new Error('This proxy was not measured.');
const stages = await stagesOf(ours, upstreams.upstream.url, effort.warmUp);
const aims = aimsOf(results);
const profiles: {
  -readonly [Transfer in keyof GatewaysReport['profiles']]: GatewaysReport['profiles'][Transfer];
} = {};
for (const transfer of new Set(aims.filter(({ met }) => !met).map((aim) => aim.transfer))) {
  profiles[transfer] = await profileOurs(join(directory, transfer), upstreams, {
    transfer,
    milliseconds: 4 * effort.warmUp,
  });
}
const text = reportText({ effort, results, stages, aims, profiles });
await publish(
  {
    title: 'The proxy compared with other gateways',
    page: 'gateways.md',
    about:
      'Time that each adds to the same call straight to the upstream; the median, and the quartiles in brackets.',
    headline: headlineOf(results),
    versions: {
      '@portkey-ai/gateway': await peers.versionOf('@portkey-ai/gateway'),
      '@musistudio/llms': await peers.versionOf('@musistudio/llms'),
    },
    aims: aims.map(({ transfer: _, ...aim }) => aim),
    figures: {
      head: [
        '',
        'at once',
        'answer: added, ms',
        'requests a second',
        'stream: added, ms',
        'streams a second',
      ],
      rows: results
        .filter(
          ({ transfer, subject }) => transfer === 'whole' && ['gateway', 'counting'].includes(subject.kind),
        )
        .map((answer) => {
          const stream = results.find(
            ({ transfer, subject, concurrency }) =>
              transfer === 'streamed' && subject === answer.subject && concurrency === answer.concurrency,
          );
          return [
            answer.subject.title,
            String(answer.concurrency),
            spread(answer.added),
            answer.perSecond.median.toFixed(0),
            stream ? spread(stream.added) : '',
            stream ? stream.perSecond.median.toFixed(0) : '',
          ];
        }),
    },
  },
  text,
);
await rm(directory, { recursive: true, force: true });
process.exit();
