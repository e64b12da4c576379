import { type BedrockException, streamExceptionNames } from '../exception.ts';
import type { Fault } from '../fault.ts';
import type { OperationReply } from '../operation.ts';
import type { Caller } from './caller.ts';
import { type Gate, sendStream } from './stream-response.ts';

/** Sends an operation's answer, changed by the fault if there is one. */
export async function sendReply(
  caller: Caller,
  reply: OperationReply,
  fault: Fault | undefined,
  gate: Gate | undefined,
): Promise<void> {
  switch (fault?.kind) {
    case 'stall':
      return;
    case 'reset':
      caller.breakOff();
      return;
    case 'body':
      sendJson(caller, fault.body, {});
      return;
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.milliseconds).unref());
  }
  const { headers = {} } = reply;
  if ('events' in reply) {
    const { events } = reply;
    const half = { after: Math.floor(events.length / 2), end: 'cut' } as const;
    const early = fault?.kind === 'stream' ? fault : fault?.kind === 'cut' ? half : undefined;
    await sendStream(caller, { events, headers, gate, fault: early });
    return;
  }
  const json = JSON.stringify(reply.body);
  if (fault?.kind === 'cut') await sendHalf(caller, json);
  else sendJson(caller, json, headers);
}

function sendJson({ response }: Caller, json: string, headers: Readonly<Record<string, string>>): void {
  response
    .writeHead(200, {
      'content-type': 'application/json',
      'x-amzn-requestid': crypto.randomUUID(),
      ...headers,
    })
    .end(json);
}

async function sendHalf(caller: Caller, json: string): Promise<void> {
  caller.response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
  });
  await caller.write(json.slice(0, json.length / 2));
  caller.breakOff();
}

/** AWS names the exception in a header, followed by a URL that clients must cut off, or in the first event of a stream. */
export async function sendException(
  caller: Caller,
  { name, status, message, inStream }: BedrockException,
  streams: boolean,
): Promise<void> {
  const exception = streamExceptionNames.find((each) => each === name);
  if (streams && inStream && exception) {
    const fault = { after: 0, end: { exception, message } };
    await sendStream(caller, { events: [], headers: {}, gate: undefined, fault });
    return;
  }
  caller.response
    .writeHead(status, {
      'content-type': 'application/json',
      'x-amzn-requestid': crypto.randomUUID(),
      'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
    })
    .end(JSON.stringify({ message }));
}
