import type { Socket } from 'node:dgram';

/** Sends one segment document. Resolves when it is on its way, or cannot be. */
export type SendSegment = (document: object) => Promise<void>;

const header = JSON.stringify({ format: 'json', version: 1 });

/**
 * Sends to the X-Ray daemon that Lambda runs beside a traced function, over UDP.
 *
 * @param address As Lambda gives it in `AWS_XRAY_DAEMON_ADDRESS`: `169.254.100.1:2000`. Default: X-Ray's own,
 *   `127.0.0.1:2000`.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
 */
export function sendToDaemon(address = '127.0.0.1:2000'): SendSegment {
  const [, host, port] = /^(.+):(\d+)$/.exec(address) ?? [];
  let socket: Socket | undefined;
  return async (document) => {
    // Loaded only by a deployment that traces.
    const { createSocket } = await import('node:dgram');
    // A segment that is lost is lost.
    socket ??= createSocket('udp4')
      .on('error', () => {})
      .unref();
    const sender = socket;
    await new Promise<void>((resolve) =>
      sender.send(`${header}\n${JSON.stringify(document)}`, Number(port), host, () => resolve()),
    );
  };
}
