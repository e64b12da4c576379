import { Agent, request } from 'node:http';
import { bareWrites, type WriteTarget } from './bare-writes.ts';
import { type Call, pieces } from './upstream-api.ts';

/** A task of the load generator: as many callers as `concurrency`, each beginning again as soon as it is done. */
export interface Load {
  readonly work: Call | WriteTarget;
  readonly concurrency: number;
  readonly milliseconds: number;
}

/** The results of all callers; times in milliseconds. */
export interface Loaded {
  /** To the first bytes of the answer's text. */
  readonly firstPiece: readonly number[];
  readonly whole: readonly number[];
  /** One message for each failed call. */
  readonly errors: readonly string[];
  /** From the start of the first call to the end of the last. */
  readonly elapsed: number;
}

const agent = new Agent({ keepAlive: true });
const [first = ''] = pieces;
const last = pieces.at(-1) ?? '';

/** Makes a call, and rejects if the answer is not the upstream's. */
function send({ url, headers, body }: Call, onFirstPiece: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': body.length };
    const outgoing = request(url, { method: 'POST', agent, headers: { ...headers, ...length } });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      let text = '';
      let begun = false;
      response.setEncoding('latin1');
      response.on('data', (data: string) => {
        text += data;
        if (begun || !text.includes(first)) return;
        begun = true;
        onFirstPiece();
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200 && begun && text.includes(last)) resolve();
        else reject(new Error(`${response.statusCode} ${text.slice(0, 200)}`));
      });
    });
    outgoing.end(body);
  });
}

async function bear({ work, concurrency, milliseconds }: Load): Promise<Loaded> {
  const once = 'url' in work ? (onFirstPiece: () => void) => send(work, onFirstPiece) : bareWrites(work);
  const firstPiece: number[] = [];
  const whole: number[] = [];
  const errors: string[] = [];
  const begin = performance.now();
  const callAgain = async () => {
    while (performance.now() - begin < milliseconds) {
      const started = performance.now();
      let firstAt = started;
      try {
        await once(() => {
          firstAt = performance.now();
        });
        firstPiece.push(firstAt - started);
        whole.push(performance.now() - started);
      } catch (error) {
        errors.push(String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, callAgain));
  return { firstPiece, whole, errors, elapsed: performance.now() - begin };
}

process.on('message', async (load: Load) => process.send?.(await bear(load)));
process.on('disconnect', () => process.exit());
process.send?.({});
