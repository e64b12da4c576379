import { Guardrail } from '@org/lambda/environment';
import * as z from 'zod/mini';

/**
 * A guardrail profile, with which a guardrail uses cross-Region inference: any of its Regions may then check questions and
 * answers.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-cross-region-support.html
 */
export interface GuardrailProfile {
  /** Such as `us.guardrail.v1:0`. */
  id: string;
  /** Every destination Region of the deployment's Region in AWS's table. Mostly, that Region is one of them. */
  regions: readonly string[];
}

/** A guardrail that a plan's questions and answers pass. */
export interface PlanGuardrail extends Guardrail {
  /**
   * The profile that the guardrail was made with, if it uses cross-Region inference. The function may then apply it in
   * exactly these Regions, as AWS requires. `doctor` says if it is missing. Default: none.
   *
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-profiles-permissions.html
   */
  profile?: GuardrailProfile | undefined;
}

const region = z
  .string()
  .check(z.regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'must be an AWS Region such as us-east-1'));

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GuardrailCrossRegionDetails.html */
const profileId = z
  .string()
  .check(
    z.regex(
      /^[a-z0-9-]+\.guardrail\.v[0-9:]+$/,
      'must be the id of a guardrail profile such as us.guardrail.v1:0',
    ),
  );

export const PlanGuardrail = z.extend(Guardrail, {
  profile: z.optional(
    z.strictObject({
      id: profileId,
      regions: z.array(region).check(z.minLength(1, 'must have at least one Region')),
    } satisfies Record<keyof GuardrailProfile, z.ZodMiniType>),
  ),
}) satisfies z.ZodMiniType<PlanGuardrail>;
