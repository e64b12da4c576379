import { registerHooks } from 'node:module';
import { join } from 'node:path';

/** Loaded before aws-lambda-ric: replaces its native client, which would have to be compiled, with ours. */
registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === './rapid-client.node'
      ? nextResolve(join(import.meta.dirname, 'rapid-client.ts'), context)
      : nextResolve(specifier, context),
});
