import { send } from './attempts.ts';
import { type Call, perform, type Success } from './call.ts';
import { readText } from './open-reply.ts';
import type { Reply } from './reply.ts';

/** Sends a request, reads its whole response, and returns what `read` makes of it. */
export function request<Value extends Success>(
  call: Call,
  read: (reply: Reply) => Value | Promise<Value>,
): Promise<Value> {
  return perform(call, async (timers, succeeded) => {
    const reply = await send(call, timers, async (open) => ({
      ...open,
      text: await readText(open),
    }));
    timers.startChecking();
    const checked = read(reply);
    const value = checked instanceof Promise ? await timers.race(checked) : checked;
    succeeded(value);
    return value;
  });
}
