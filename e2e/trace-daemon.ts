import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import * as z from 'zod/mini';

const Id = z.string().check(z.regex(/^[0-9a-f]{16}$/));
const Part = z.looseObject({ id: Id, name: z.string(), start_time: z.number(), end_time: z.number() });

/** What X-Ray needs of a subsegment: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
const Segment = z.looseObject({
  ...Part.shape,
  type: z.literal('subsegment'),
  trace_id: z.string().check(z.regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/)),
  parent_id: Id,
  annotations: z.record(z.string().check(z.regex(/^\w+$/)), z.string()),
  subsegments: z.array(Part),
});

/** The port of an X-Ray daemon, until the test is over. */
export async function startTraceDaemon() {
  const socket = createSocket('udp4');
  const packets: string[] = [];
  socket.on('message', (packet) => packets.push(packet.toString()));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return {
    /** For `AWS_XRAY_DAEMON_ADDRESS`. */
    address: `127.0.0.1:${socket.address().port}`,
    packets,
    /** The next segment, without its header. */
    async next() {
      while (packets.length === 0) await setImmediate();
      const [header = '', document = ''] = packets.shift()?.split('\n', 2) ?? [];
      expect(JSON.parse(header)).toEqual({ format: 'json', version: 1 });
      return z.parse(Segment, JSON.parse(document));
    },
  };
}
