import type { AdminError, AdminErrorCode, AdminProblems } from '@org/admin';
import { nearest } from '@org/contract';
import { installation } from '@org/installation';

/**
 * 4xx: the operator asks for something else, or again. 502: AWS, its credentials or the local gateway have to be fixed. 503:
 * it works again by itself.
 */
type Status = 400 | 404 | 409 | 502 | 503;

interface Problem<Data> {
  readonly status: Status;
  /** What to do on the page. */
  readonly advice: (data: Data) => string;
}

const signInThere = 'Sign in where the console was started (aws sso login, aws configure), then try again.';
const startAgain = 'Then start the console again.';

const problems: { readonly [Code in AdminErrorCode]: Problem<AdminProblems[Code]> } = {
  invalid_name: { status: 400, advice: ({ rule }) => `It ${rule}.` },
  no_such_team: { status: 404, advice: () => 'Teams lists those that there are.' },
  team_exists: { status: 409, advice: ({ wanted }) => `Open it, and move it to the plan ${wanted}.` },
  team_is_of_config: {
    status: 409,
    advice: () => 'Change it in the config, or remove it there, and deploy.',
  },
  team_plan_is_of_config: {
    status: 409,
    advice: () =>
      'Change it in the config and deploy, then move the team again for its keys made at run time.',
  },
  team_was_deleted: {
    status: 409,
    advice: () => 'If that was a mistake, make the team again, then try again.',
  },
  team_was_removed: {
    status: 409,
    advice: () =>
      'If it left the config, put it back there. Else delete the team: that removes what is left of it.',
  },
  invalid_teams: { status: 400, advice: () => 'Correct these places, and look at the preview again.' },
  no_such_plan: { status: 404, advice: ({ plans }) => `Choose one of: ${plans.join(', ')}.` },
  plan_is_gone: { status: 409, advice: () => 'Move the team to another plan.' },
  plan_is_not_deployed: {
    status: 409,
    advice: () => 'If it is in the config, deploy first. If not, make the plan again.',
  },
  plan_exists: { status: 409, advice: () => 'Change that plan, or choose another name.' },
  plan_is_of_config: {
    status: 409,
    advice: () => 'Change it in the config and deploy, or change the limits of one team.',
  },
  invalid_plan: { status: 400, advice: () => 'Correct these fields, and try again.' },
  plan_is_being_made: {
    status: 409,
    advice: () => 'If the other command or page has broken off, try again in two minutes.',
  },
  plan_is_incomplete: { status: 409, advice: () => 'Make the plan again, or delete it.' },
  plan_is_in_use: { status: 409, advice: () => 'Move its teams to other plans first.' },
  no_such_key: { status: 404, advice: () => 'The page of its team lists the keys that there are.' },
  key_exists: {
    status: 409,
    advice: () => 'Choose another name. If its value is lost, rotate the key.',
  },
  invalid_key_text: { status: 400, advice: ({ rule }) => `It ${rule}.` },
  key_is_of_config: { status: 409, advice: () => 'Choose another name.' },
  key_is_disabled: {
    status: 409,
    advice: () => 'Make a new key. Or leave "enabled: false" out of the config, and deploy.',
  },
  key_was_disabled: { status: 409, advice: () => 'Enable it first.' },
  key_has_expired: { status: 409, advice: () => 'Give it another end first.' },
  key_is_incomplete: { status: 409, advice: () => 'Revoke it, and make it again.' },
  key_was_replaced: { status: 409, advice: ({ by }) => `Rotate ${by} in its place.` },
  new_name_is_taken: { status: 409, advice: () => 'Give the new key another name.' },
  key_was_removed: { status: 409, advice: () => 'See which keys the team has now, then try again.' },
  key_is_being_made: {
    status: 409,
    advice: () =>
      'See whether the team has it now. If the other command or page has broken off, try again in two minutes.',
  },
  key_keeps_its_name: { status: 400, advice: () => 'Leave the new name out: it is for keys of the config.' },
  key_has_no_value: { status: 502, advice: () => 'Try again.' },
  member_has_no_name: { status: 400, advice: ({ kind }) => `Give the id of the ${kind}.` },
  no_such_model: { status: 404, advice: ({ models }) => `Choose one of: ${models.join(', ')}.` },
  no_notices: { status: 409, advice: () => 'Add "notify: true" to the config, and deploy once.' },
  invalid_receiver: { status: 400, advice: ({ rule }) => `It ${rule}.` },
  no_such_receiver: { status: 404, advice: () => 'Look at who gets notices.' },
  receiver_is_of_config: { status: 409, advice: () => 'Change it in the config, and deploy.' },
  receiver_is_unconfirmed: {
    status: 409,
    advice: () => 'Confirm it with the link that SNS has sent, then try again.',
  },
  receiver_is_of_all_teams: { status: 409, advice: () => 'Remove it for all teams.' },
  receiver_has_own_filter: {
    status: 409,
    advice: () => 'Change it where it was made, for example in the console of SNS.',
  },
  receiver_has_too_many_teams: { status: 409, advice: () => 'Let it have the notices of all teams.' },
  limits_cannot_hold: { status: 400, advice: ({ reason }) => `${reason}.` },
  nothing_to_raise: { status: 409, advice: () => 'Set it, in place of a raise.' },
  not_a_raise: { status: 409, advice: () => 'Give a higher one. To lower it, set it.' },
  end_is_over: { status: 400, advice: () => 'Choose a time that is still to come.' },
  changed_by_others: { status: 409, advice: () => 'Nothing was changed. Try again.' },
  changes_are_unreadable: {
    status: 409,
    advice: () => `Use the version that wrote them. ${startAgain}`,
  },
  no_such_stack: {
    status: 502,
    advice: () => `Deploy it, or choose its account with AWS_PROFILE. ${startAgain}`,
  },
  invalid_request_id: {
    status: 400,
    advice: () => "Give the answer's x-request-id header, or its id field.",
  },
  not_a_day: { status: 400, advice: () => 'Use YYYY-MM-DD, such as 2026-11-30.' },
  days_are_reversed: { status: 400, advice: () => 'Swap them.' },
  no_such_log: { status: 502, advice: () => `Deploy: that makes it. ${startAgain}` },
  log_query_failed: { status: 503, advice: () => 'Try again, for fewer days.' },
  breakdown_is_too_large: { status: 400, advice: () => 'Ask for fewer days, or for one team.' },
  answer_broke_off: {
    status: 502,
    advice: () => 'Check the network. What was answered so far is charged.',
  },
  answer_is_unreadable: {
    status: 502,
    advice: () => 'Check the network, and what is between this machine and the API.',
  },
  stack_lacks_output: {
    status: 502,
    advice: () =>
      `It is a different stack, it has another deployment than the config says, or an older version of it. Deploy again. ${startAgain}`,
  },
  nothing_to_prove_with: { status: 409, advice: () => 'Give a model its price in the config.' },
  table_is_overloaded: { status: 503, advice: () => 'Try again in a minute.' },
  no_credentials: { status: 502, advice: () => signInThere },
  no_such_profile: {
    status: 502,
    advice: ({ profile, profiles }) => {
      const near = nearest(profile, profiles);
      return `${near === undefined ? '' : `Did you mean ${near}? `}Choose another with AWS_PROFILE. ${startAgain}`;
    },
  },
  mfa_code_is_missing: { status: 502, advice: () => signInThere },
  proxy_cannot_be_used: {
    status: 502,
    advice: ({ variable }) => `Set ${variable} to http://HOST:PORT. ${startAgain}`,
  },
  certificates_cannot_be_read: {
    status: 502,
    advice: () => `Set the variable to a file of PEM certificates, or unset it. ${startAgain}`,
  },
  no_local_gateway: {
    status: 502,
    advice: () => `Start it: ${installation.program} dev. ${startAgain}`,
  },
  local_gateway_runs_another: { status: 502, advice: () => `Start the one of this config. ${startAgain}` },
  local_gateway_lacks_service: {
    status: 502,
    advice: () => `Start it again: ${installation.program} dev. ${startAgain}`,
  },
};

/** What a problem means for a request, and what to do about it. */
export function problemOf<Code extends AdminErrorCode>({
  code,
  data,
}: AdminError<Code>): { readonly status: Status; readonly advice: string } {
  const { status, advice } = problems[code];
  return { status, advice: advice(data) };
}
