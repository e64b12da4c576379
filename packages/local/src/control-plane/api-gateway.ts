import { parseJson } from '@org/contract';
import * as z from 'zod/mini';
import type { GatewayRequest } from '../http/request.ts';
import type { WholeResponse } from '../http/response.ts';
import type { NewKey, RegisteredKey, StagePlan } from '../limits/api-key-registry.ts';
import type { Api } from '../template/api.ts';
import type { ControlPlaneContext, Service } from './service.ts';

/** An error of API Gateway's control plane. */
class ServiceError extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

interface Operation {
  readonly context: ControlPlaneContext;
  readonly request: GatewayRequest;
  /** Values of the path parts in braces. */
  readonly parameters: readonly string[];
}

interface Outcome {
  readonly status: number;
  readonly body?: object;
}

/**
 * The supported calls. Keys change here, which plans they are in, and plans that were made here. The template's plans do not.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Operations_Amazon_API_Gateway.html
 */
const operations: Readonly<Record<string, (operation: Operation) => Outcome>> = {
  'POST /apikeys': ({ context: { registry }, request }) => {
    const { name, description, enabled, tags } = readBody(CreateApiKey, request);
    const key = registry.create({ name, description, enabled, tags }, request.receivedAt);
    return { status: 201, body: describeKey(key, true) };
  },

  'GET /apikeys': ({ context: { registry }, request: { query } }) => {
    const prefix = query.get('name') ?? '';
    const keys = registry.list().filter(({ name }) => name.startsWith(prefix));
    const withValue = query.get('includeValues') === 'true';
    return { status: 200, body: paginate(keys, query, (key) => describeKey(key, withValue)) };
  },

  'GET /apikeys/{}': ({ context, request: { query }, parameters: [keyId] }) => ({
    status: 200,
    body: describeKey(findKey(context, keyId), query.get('includeValue') === 'true'),
  }),

  'PATCH /apikeys/{}': ({ context, request, parameters: [keyId] }) => {
    let key = findKey(context, keyId);
    for (const operation of readBody(UpdateApiKey, request).patchOperations) {
      key = context.registry.update(key, readChange(operation), request.receivedAt);
    }
    return { status: 200, body: describeKey(key, false) };
  },

  'DELETE /apikeys/{}': ({ context, parameters: [keyId] }) => {
    context.registry.delete(findKey(context, keyId));
    return { status: 202 };
  },

  'GET /restapis/{}/stages/{}': ({ context: { api }, parameters: [apiId, stageName] }) => {
    const { name, throttle, dataTrace } = api.stage;
    if (apiId !== api.id || stageName !== name) {
      throw new ServiceError(404, 'NotFoundException', 'Invalid stage identifier specified');
    }
    const settings = {
      dataTraceEnabled: dataTrace,
      ...(throttle && { throttlingRateLimit: throttle.rate, throttlingBurstLimit: throttle.burst }),
    };
    return { status: 200, body: { stageName: name, methodSettings: { '*/*': settings } } };
  },

  'GET /usageplans': ({ context: { api, registry }, request: { query } }) => {
    const keyId = query.get('keyId');
    const plans = registry.plans().filter(({ id }) => keyId === null || registry.planOf(keyId)?.id === id);
    const numbered = plans.map((plan, index) => ({ plan, sequence: index + 1 }));
    const describe = ({ plan }: { plan: StagePlan }) => describePlan(plan, api);
    return { status: 200, body: paginate(numbered, query, describe) };
  },

  'POST /usageplans': ({ context: { api, registry }, request }) => {
    const { name, apiStages, throttle, quota } = readBody(CreateUsagePlan, request);
    for (const { apiId, stage } of apiStages) checkStage(api, `${apiId}:${stage}`);
    const plan = registry.createPlan({
      name,
      throttle: { rate: throttle.rateLimit, burst: throttle.burstLimit },
      quota,
    });
    return { status: 201, body: describePlan(plan, api) };
  },

  'PATCH /usageplans/{}': ({ context, request, parameters: [planId] }) => {
    const { api, registry } = context;
    let plan = changeablePlan(context, planId);
    for (const operation of readBody(UpdateUsagePlan, request).patchOperations) {
      plan = { ...plan, ...planChange(plan, operation, api) };
    }
    registry.updatePlan(plan);
    return { status: 200, body: describePlan(plan, api) };
  },

  'DELETE /usageplans/{}': ({ context, parameters: [planId] }) => {
    const { api, registry } = context;
    const plan = changeablePlan(context, planId);
    if (!plan.detached) {
      throw new ServiceError(
        400,
        'BadRequestException',
        `Cannot delete Usage Plan ${plan.id} because there are API Stages associated with it, including ${api.id}:${api.stage.name}`,
      );
    }
    registry.deletePlan(plan);
    return { status: 202 };
  },

  'GET /usageplans/{}/keys': ({ context, request: { query }, parameters: [planId] }) => {
    const plan = findPlan(context, planId);
    const keys = context.registry.list().filter(({ id }) => context.registry.planOf(id)?.id === plan.id);
    return { status: 200, body: paginate(keys, query, describeMembership) };
  },

  'POST /usageplans/{}/keys': ({ context, request, parameters: [planId] }) => {
    const plan = findPlan(context, planId);
    const key = findKey(context, readBody(CreateUsagePlanKey, request).keyId);
    const present = context.registry.planOf(key.id);
    if (present) {
      throw new ServiceError(
        409,
        'ConflictException',
        present.id === plan.id
          ? `The API key ${key.id} is in the usage plan ${plan.id} already`
          : `The API key ${key.id} is in the usage plan ${present.id}, which has the same API stage`,
      );
    }
    context.registry.join(plan, key);
    return { status: 201, body: describeMembership(key) };
  },

  'DELETE /usageplans/{}/keys/{}': ({ context, parameters: [planId, keyId] }) => {
    const plan = findPlan(context, planId);
    const key = findKey(context, keyId);
    if (context.registry.planOf(key.id)?.id !== plan.id) {
      throw new ServiceError(404, 'NotFoundException', 'Invalid Usage Plan Key identifier specified');
    }
    context.registry.leave(key);
    return { status: 202 };
  },
};

// Stricter than AWS for calls that nothing here needs: a change that is not understood must not look done.
const CreateApiKey = z.strictObject({
  name: z.string(),
  description: z.optional(z.string()),
  enabled: z._default(z.boolean(), false),
  tags: z._default(z.record(z.string(), z.string()), {}),
});

const UpdateApiKey = z.strictObject({
  patchOperations: z.array(
    z.strictObject({
      op: z.literal('replace'),
      path: z.enum(['/enabled', '/name', '/description']),
      value: z.string(),
    }),
  ),
});

function readChange({
  path,
  value,
}: z.output<typeof UpdateApiKey>['patchOperations'][number]): Partial<NewKey> {
  switch (path) {
    case '/enabled':
      return { enabled: value === 'true' };
    case '/name':
      return { name: value };
    case '/description':
      return { description: value };
  }
}

const CreateUsagePlanKey = z.strictObject({ keyId: z.string(), keyType: z.literal('API_KEY') });

const CreateUsagePlan = z.strictObject({
  name: z.string().check(z.minLength(1)),
  description: z.optional(z.string()),
  apiStages: z.array(z.strictObject({ apiId: z.string(), stage: z.string() })).check(z.length(1)),
  throttle: z.strictObject({ rateLimit: z.number(), burstLimit: z.int() }),
  quota: z.strictObject({
    limit: z.int().check(z.minimum(1)),
    offset: z._default(z.int().check(z.minimum(0)), 0),
    period: z.enum(['DAY', 'WEEK', 'MONTH']),
  }),
  tags: z.optional(z.record(z.string(), z.string())),
});

/** @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateUsagePlan-Patch */
const UpdateUsagePlan = z.strictObject({
  patchOperations: z.array(
    z.union([
      z.strictObject({ op: z.enum(['add', 'remove']), path: z.literal('/apiStages'), value: z.string() }),
      z.strictObject({
        op: z.literal('replace'),
        path: z.enum(['/throttle/rateLimit', '/throttle/burstLimit', '/quota/limit', '/quota/offset']),
        value: z.string().check(z.regex(/^\d+(\.\d+)?$/)),
      }),
      z.strictObject({
        op: z.literal('replace'),
        path: z.literal('/quota/period'),
        value: z.enum(['DAY', 'WEEK', 'MONTH']),
      }),
    ]),
  ),
});

function planChange(
  { throttle = { rate: 0, burst: 0 }, quota = { limit: 1, offset: 0, period: 'DAY' } }: StagePlan,
  operation: z.output<typeof UpdateUsagePlan>['patchOperations'][number],
  api: Api,
): Partial<StagePlan> {
  const { path, value } = operation;
  switch (path) {
    case '/apiStages':
      checkStage(api, value);
      return { detached: operation.op === 'remove' };
    case '/throttle/rateLimit':
      return { throttle: { ...throttle, rate: Number(value) } };
    case '/throttle/burstLimit':
      return { throttle: { ...throttle, burst: Number(value) } };
    case '/quota/limit':
      return { quota: { ...quota, limit: Number(value) } };
    case '/quota/offset':
      return { quota: { ...quota, offset: Number(value) } };
    case '/quota/period':
      return { quota: { ...quota, period: value } };
  }
}

/** @param stage Such as `a1b2c3:dev`. */
function checkStage({ id, stage: { name } }: Api, stage: string): void {
  if (stage !== `${id}:${name}`)
    throw new ServiceError(400, 'BadRequestException', 'Invalid API Stage specified');
}

/** API Gateway's control plane: REST with JSON. */
export const apiGateway: Service = ({ request, path }, context) => {
  const match = matchOperation(request.method, path);
  try {
    if (!match) {
      throw new ServiceError(404, 'NotFoundException', `The local gateway has no ${request.method} ${path}`);
    }
    const { status, body } = match.answer({ context, request, parameters: match.parameters });
    return respond(status, body);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return respond(error.status, { message: error.message }, [['x-amzn-errortype', error.type]]);
  }
};

function matchOperation(method: string, path: string) {
  const parts = path.split('/').map(decodeURIComponent);
  for (const [pattern, answer] of Object.entries(operations)) {
    const [wantedMethod, wantedPath = ''] = pattern.split(' ');
    const wanted = wantedPath.split('/');
    const fits =
      method === wantedMethod &&
      wanted.length === parts.length &&
      wanted.every((part, index) => part === '{}' || part === parts[index]);
    if (fits) return { answer, parameters: parts.filter((_, index) => wanted[index] === '{}') };
  }
  return undefined;
}

function respond(
  status: number,
  body: object | undefined,
  headers: WholeResponse['headers'] = [],
): WholeResponse {
  return {
    status,
    headers: [['content-type', 'application/json'], ...headers],
    body: body ? JSON.stringify(body) : '',
  };
}

function readBody<Output>(schema: z.ZodMiniType<Output>, { body }: GatewayRequest): Output {
  const { data, error } = z.safeParse(schema, parseJson(body));
  if (error) throw new ServiceError(400, 'BadRequestException', z.prettifyError(error));
  return data;
}

function findKey({ registry }: ControlPlaneContext, keyId = ''): RegisteredKey {
  const key = registry.get(keyId);
  if (!key) throw new ServiceError(404, 'NotFoundException', 'Invalid API Key identifier specified');
  return key;
}

function findPlan({ registry }: ControlPlaneContext, planId = ''): StagePlan {
  const plan = registry.plan(planId);
  if (!plan) throw new ServiceError(404, 'NotFoundException', 'Invalid Usage Plan ID specified');
  return plan;
}

function changeablePlan(context: ControlPlaneContext, planId: string | undefined): StagePlan {
  const plan = findPlan(context, planId);
  if (!context.registry.isOfTemplate(plan)) return plan;
  throw new ServiceError(
    400,
    'BadRequestException',
    `The local gateway changes no usage plan of the template, such as ${plan.name}`,
  );
}

/**
 * One page of a list.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKeys.html
 */
function paginate<Entry extends { readonly sequence: number }>(
  entries: readonly Entry[],
  query: URLSearchParams,
  describe: (entry: Entry) => object,
): object {
  const after = Number(query.get('position') ?? 0);
  const limit = Math.min(Number(query.get('limit') ?? 25), 500);
  const rest = entries.filter(({ sequence }) => sequence > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    item: page.map(describe),
    ...(last && rest.length > page.length ? { position: String(last.sequence) } : {}),
  };
}

function describeKey(key: RegisteredKey, withValue: boolean): object {
  return {
    id: key.id,
    ...(withValue ? { value: key.value } : {}),
    name: key.name,
    description: key.description,
    enabled: key.enabled,
    tags: key.tags,
    createdDate: Math.floor(key.createdAt / 1000),
    lastUpdatedDate: Math.floor(key.changedAt / 1000),
    stageKeys: [],
  };
}

function describeMembership({ id, name, value }: RegisteredKey): object {
  return { id, type: 'API_KEY', name, value };
}

function describePlan({ id, name, throttle, quota, detached }: StagePlan, api: Api): object {
  return {
    id,
    name,
    apiStages: detached ? [] : [{ apiId: api.id, stage: api.stage.name, throttle: {} }],
    throttle: throttle && { rateLimit: throttle.rate, burstLimit: throttle.burst },
    quota,
  };
}
