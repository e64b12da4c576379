import { connect, createServer, type Socket } from 'node:net';

/** A relay to a server on loopback, whose connections can be cut as in a network. */
export interface Relay {
  readonly port: number;
  /** Cuts every open connection, on both sides; new ones can be made. */
  cut(): void;
  close(): Promise<void>;
}

/** @param port The server's port. */
export async function startRelay(port: number): Promise<Relay> {
  const open = new Set<Socket>();
  const add = (socket: Socket, other: Socket): void => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    add(near, far);
    add(far, near);
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The relay has no port.');
  const cut = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: address.port,
    cut,
    async close() {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
