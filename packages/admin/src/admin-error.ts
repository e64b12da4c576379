import type { ConfigIssue } from '@org/infra/config';
import type { ScopeName } from '@org/table';

/** A raise that is none. */
interface RefusedRaise {
  readonly team: string;
  /** Undefined for a limit that is not a key's. */
  readonly key: string | undefined;
  /** Of a person, a customer or a model of the team. */
  readonly scope: ScopeName;
  /** Such as `usd/day`. */
  readonly limit: string;
  /** What was asked for. `null` is no limit. */
  readonly wanted: number | null;
}

/** Each problem that can stop a request, by its code, with its data. */
export interface AdminProblems {
  /** The rule that a name must follow. */
  invalid_name: { readonly name: string; readonly rule: string };
  no_such_team: { readonly team: string; readonly stack: string };
  team_exists: { readonly team: string; readonly plan: string | undefined; readonly wanted: string };
  /** The config owns the team. */
  team_is_of_config: { readonly team: string };
  team_plan_is_of_config: { readonly team: string; readonly plan: string };
  team_was_deleted: { readonly team: string };
  /** Deleted half way, or removed from the config. */
  team_was_removed: { readonly team: string };
  /** In a file or a request. */
  invalid_teams: { readonly source: string; readonly issues: readonly ConfigIssue[] };
  no_such_plan: { readonly plan: string; readonly plans: readonly string[] };
  /** The plan of a team is neither in the config nor made at run time. */
  plan_is_gone: { readonly plan: string; readonly team: string };
  plan_is_not_deployed: { readonly plan: string };
  /** A plan made at run time, with other content. */
  plan_exists: { readonly plan: string };
  plan_is_of_config: { readonly plan: string };
  /** From a file or a request, with its fields at fault. */
  invalid_plan: { readonly plan: string; readonly issues: readonly ConfigIssue[] };
  /** Another command is making it. */
  plan_is_being_made: { readonly plan: string };
  /** A command that makes or deletes it has not finished. */
  plan_is_incomplete: { readonly plan: string };
  plan_is_in_use: { readonly plan: string; readonly teams: readonly string[]; readonly keys: number };
  no_such_key: { readonly key: string; readonly stack: string };
  key_exists: { readonly key: string; readonly team: string };
  /** `owner` or `note`, and the rule that it must follow. */
  invalid_key_text: { readonly field: string; readonly rule: string };
  /** The config owns the key. */
  key_is_of_config: { readonly key: string };
  key_is_disabled: { readonly key: string; readonly team: string };
  /** By an operator, at run time. */
  key_was_disabled: { readonly key: string };
  key_has_expired: { readonly key: string };
  key_is_incomplete: { readonly key: string; readonly team: string };
  key_was_replaced: { readonly key: string; readonly by: string };
  /** Another key has the name that the new one would get. */
  new_name_is_taken: { readonly key: string; readonly by: string };
  key_was_removed: { readonly id: string };
  /** Another command is making it. */
  key_is_being_made: { readonly key: string };
  /** A key that is replaced hands on its name. */
  key_keeps_its_name: { readonly key: string };
  key_has_no_value: { readonly key: string };
  /** A person or a customer is named by nothing. */
  member_has_no_name: { readonly kind: string };
  /** The plan of a team does not include it. */
  no_such_model: { readonly model: string; readonly plan: string; readonly models: readonly string[] };
  limits_cannot_hold: { readonly reason: string };
  /** The limit is not set, so it cannot be higher. */
  nothing_to_raise: RefusedRaise;
  /** The limit in force is as high or higher. */
  not_a_raise: RefusedRaise & { readonly present: string };
  /** ISO 8601. */
  end_is_over: { readonly end: string };
  /** Other operators change the same team or key all the time. */
  changed_by_others: { readonly subject: string };
  /** A newer version wrote them. */
  changes_are_unreadable: { readonly item: string };
  /** The stack has no topic for them. */
  no_notices: { readonly stack: string };
  /** The rule that an address must follow. */
  invalid_receiver: { readonly endpoint: string; readonly rule: string };
  /** Of the team, if it is named. */
  no_such_receiver: { readonly endpoint: string; readonly team: string | undefined };
  /** The config owns the receiver. */
  receiver_is_of_config: { readonly endpoint: string };
  receiver_is_unconfirmed: { readonly endpoint: string };
  /** It cannot be left out of one team. */
  receiver_is_of_all_teams: { readonly endpoint: string };
  /** Not by team, so somebody set it by other means. */
  receiver_has_own_filter: { readonly endpoint: string };
  receiver_has_too_many_teams: { readonly endpoint: string; readonly most: number };
  no_such_stack: {
    readonly stack: string;
    readonly region: string;
    /** The account of the credentials, if AWS says it. */
    readonly account: string | undefined;
  };
  invalid_request_id: { readonly id: string };
  not_a_day: { readonly day: string };
  /** The first is after the last. */
  days_are_reversed: { readonly from: string; readonly to: string };
  no_such_log: { readonly group: string; readonly region: string };
  /** AWS gave up a query of a log group. */
  log_query_failed: { readonly status: string };
  /** A breakdown would have more rows than fit in memory, or than CloudWatch returns. */
  breakdown_is_too_large: Record<string, never>;
  /** The proxy's, to a question. */
  answer_broke_off: Record<string, never>;
  answer_is_unreadable: { readonly status: number };
  stack_lacks_output: { readonly stack: string; readonly output: string };
  /** One plan, or every plan, has no priced model that answers questions. */
  nothing_to_prove_with: { readonly plan: string | undefined };
  table_is_overloaded: { readonly table: string };
  /** Of this machine. */
  no_credentials: {
    readonly profile: string | undefined;
    readonly profiles: readonly string[];
    /** The SDK's message. */
    readonly reason: string;
  };
  no_such_profile: { readonly profile: string; readonly profiles: readonly string[] };
  mfa_code_is_missing: { readonly profile: string | undefined; readonly device: string };
  /** The environment variable that names the proxy. Its URL may hold a password. */
  proxy_cannot_be_used: { readonly variable: string };
  certificates_cannot_be_read: { readonly file: string; readonly reason: string };
  no_local_gateway: { readonly url: string };
  local_gateway_runs_another: { readonly url: string; readonly stack: string; readonly wanted: string };
  local_gateway_lacks_service: { readonly url: string; readonly service: string };
}

export type AdminErrorCode = keyof AdminProblems;

const messages: { readonly [Code in AdminErrorCode]: (data: AdminProblems[Code]) => string } = {
  invalid_name: ({ name }) => `The name "${name}" cannot be used.`,
  no_such_team: ({ team, stack }) => `There is no team "${team}" in ${stack}.`,
  team_exists: ({ team, plan }) => `The team ${team} already exists, on the plan ${plan}.`,
  team_is_of_config: ({ team }) => `The team ${team} is in the config.`,
  team_plan_is_of_config: ({ team, plan }) => `The team ${team} has its plan in the config: ${plan}.`,
  team_was_deleted: ({ team }) =>
    `Another command deleted the team ${team} while this one ran, so it has no key.`,
  team_was_removed: ({ team }) => `The team ${team} was removed, but some of its keys are left.`,
  invalid_teams: ({ source }) => `${source} has mistakes.`,
  no_such_plan: ({ plan }) => `There is no plan "${plan}".`,
  plan_is_gone: ({ plan, team }) => `The team ${team} is on the plan ${plan}, which no longer exists.`,
  plan_is_not_deployed: ({ plan }) => `The plan ${plan} has no usage plan in API Gateway.`,
  plan_exists: ({ plan }) => `There is a plan ${plan} already, and it says something else.`,
  plan_is_of_config: ({ plan }) => `The plan ${plan} is in the config.`,
  invalid_plan: ({ plan }) => `The plan ${plan} is not valid.`,
  plan_is_being_made: ({ plan }) => `Another command is making the plan ${plan} right now.`,
  plan_is_incomplete: ({ plan }) => `The plan ${plan} is not finished, or is about to be deleted.`,
  plan_is_in_use: ({ plan, teams, keys }) =>
    teams.length > 0
      ? `Teams are on the plan ${plan}: ${teams.join(', ')}.`
      : `There are still ${keys} keys in the usage plan of ${plan}.`,
  no_such_key: ({ key, stack }) => `There is no key "${key}" in ${stack}.`,
  key_exists: ({ key, team }) => `There is a key "${key}" already, of the team ${team}.`,
  invalid_key_text: ({ field }) => `The ${field} of the key cannot be used.`,
  key_is_of_config: ({ key }) => `The key ${key} is in the config already.`,
  key_is_disabled: ({ key }) => `The key ${key} is disabled in the config, so there is nothing to replace.`,
  key_was_disabled: ({ key }) => `The key ${key} is disabled.`,
  key_has_expired: ({ key }) => `The key ${key} has expired.`,
  key_is_incomplete: ({ key }) => `The key ${key} is incomplete.`,
  key_was_replaced: ({ key, by }) => `The key ${key} was replaced by ${by} already.`,
  new_name_is_taken: ({ key, by }) => `The new key for ${key} cannot be ${by}: another key has that name.`,
  key_was_removed: ({ id }) => `The API key with the id ${id} was removed while this command ran.`,
  key_is_being_made: ({ key }) => `Another command is making a key "${key}" right now.`,
  key_keeps_its_name: ({ key }) => `The key ${key} keeps its name when it is rotated.`,
  key_has_no_value: ({ key }) => `API Gateway made the key ${key} without an id or a value.`,
  member_has_no_name: ({ kind }) => `The ${kind} has no name.`,
  no_such_model: ({ model, plan }) => `The plan ${plan} has no model "${model}".`,
  limits_cannot_hold: () => 'The limits cannot be enforced.',
  nothing_to_raise: ({ limit }) => `There is no limit ${limit} to raise.`,
  not_a_raise: ({ present }) => `The limit is ${present} already.`,
  end_is_over: ({ end }) => `${end} is in the past.`,
  changed_by_others: ({ subject }) => `Other commands change ${subject} at the same time.`,
  changes_are_unreadable: ({ item }) =>
    `The item ${item} of the table has changes that this version does not know.`,
  no_notices: ({ stack }) => `The stack ${stack} has no topic for notices about limits.`,
  invalid_receiver: ({ endpoint }) => `"${endpoint}" cannot get notices.`,
  no_such_receiver: ({ endpoint, team }) =>
    `${endpoint} gets no notices${team === undefined ? '' : ` of the team ${team}`}.`,
  receiver_is_of_config: ({ endpoint }) => `The receiver ${endpoint} is in the config.`,
  receiver_is_unconfirmed: ({ endpoint }) =>
    `${endpoint} has not confirmed yet, so SNS cannot change what it gets.`,
  receiver_is_of_all_teams: ({ endpoint }) => `${endpoint} gets the notices of all teams.`,
  receiver_has_own_filter: ({ endpoint }) =>
    `The subscription of ${endpoint} has a filter that is not by team.`,
  receiver_has_too_many_teams: ({ endpoint, most }) =>
    `${endpoint} gets the notices of ${most} teams already, the most that SNS allows.`,
  no_such_stack: ({ stack, region, account }) =>
    `There is no stack ${stack} in ${account === undefined ? '' : `the account ${account}, `}${region}.`,
  log_query_failed: ({ status }) => `CloudWatch gave up the query of the log: ${status}.`,
  breakdown_is_too_large: () => 'The breakdown has more rows than can be added up.',
  invalid_request_id: ({ id }) => `"${id}" cannot be the id of a request.`,
  not_a_day: ({ day }) => `"${day}" is not a day.`,
  days_are_reversed: ({ from, to }) => `The first day, ${from}, is after the last, ${to}.`,
  no_such_log: ({ group, region }) => `There is no log group ${group} in ${region}.`,
  answer_broke_off: () => 'The answer broke off before its end.',
  answer_is_unreadable: ({ status }) =>
    `The server answered with status ${status}, but the answer is not the proxy's.`,
  stack_lacks_output: ({ stack, output }) => `The stack ${stack} has no output ${output}.`,
  nothing_to_prove_with: ({ plan }) =>
    `${plan === undefined ? 'The config' : `The plan ${plan}`} has no chat model with a known price.`,
  table_is_overloaded: ({ table }) => `DynamoDB throttles reads of ${table}.`,
  no_credentials: ({ profile, reason }) =>
    `There are no usable AWS credentials${profile === undefined ? '' : ` in the profile ${profile}`}: ${reason}`,
  no_such_profile: ({ profile }) => `AWS_PROFILE is ${profile}, but there is no such profile.`,
  mfa_code_is_missing: ({ device, profile = 'default' }) =>
    `The profile ${profile} needs a code from the MFA device ${device}.`,
  proxy_cannot_be_used: ({ variable }) => `${variable} is not the URL of an HTTP proxy.`,
  certificates_cannot_be_read: ({ file, reason }) =>
    `The certificates of AWS_CA_BUNDLE, ${file}, cannot be read: ${reason}.`,
  no_local_gateway: ({ url }) => `No local gateway answers at ${url}.`,
  local_gateway_runs_another: ({ url, stack, wanted }) =>
    `The local gateway at ${url} runs ${stack}, and not ${wanted}.`,
  local_gateway_lacks_service: ({ url, service }) => `The local gateway at ${url} has no ${service}.`,
};

/**
 * A problem that the user can fix. It says what happened. The caller says what to do, and with which command or button,
 * from the code and its data.
 */
export class AdminError<Code extends AdminErrorCode = AdminErrorCode> extends Error {
  override readonly name = 'AdminError';
  readonly code: Code;
  readonly data: AdminProblems[Code];

  constructor(code: Code, data: AdminProblems[Code]) {
    super(messages[code](data));
    this.code = code;
    this.data = data;
  }

  /** Whether it is this problem. If so, `data` is that problem's. */
  is<Wanted extends AdminErrorCode>(code: Wanted): this is AdminError<Wanted> {
    const own: AdminErrorCode = this.code;
    return own === code;
  }
}
