import { type Route, routes } from '@org/contract';

/** What a client can do, by the method of `BedrockClient`. */
export type Operation = 'ask' | 'stream' | 'embed' | 'models' | 'usage';

const { ask, stream, embed, models, usage } = routes;

/** The proxy may have more routes: they are for clients of other APIs. */
export const operationRoutes: Readonly<Record<Operation, Route>> = { ask, stream, embed, models, usage };
