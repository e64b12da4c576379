import * as z from 'zod/mini';

/** The rules of a company for the IAM roles of its accounts. */
export interface RolesConfig {
  /**
   * Path of every role and managed policy, such as `/llm/`, so that the company's own policies can name them. Default: `/`.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
   */
  path?: string | undefined;
  /**
   * The managed policy that bounds what every role may do: its ARN, or its name in the deployment's account, with its path.
   * It must allow what the functions do, which the page about company accounts lists. Default: none.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
   */
  permissionsBoundary?: string | undefined;
}

/** How a deployment follows the rules of a company for its accounts. Each is off by default. */
export interface AccountConfig {
  /** The path and the permissions boundary of all roles. They cost nothing. Default: neither. */
  roles?: RolesConfig | undefined;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const path = z
  .string()
  .check(
    z.regex(/^\/(?:[\w+=,.@-]+\/)*$/, 'must begin and end with /, such as /llm/'),
    z.maxLength(512, 'must have at most 512 characters, says AWS IAM'),
  );

const permissionsBoundary = z
  .string()
  .check(
    z.regex(
      /^(?:arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy\/)?(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,128}$/,
      'must be the name or the ARN of a managed policy',
    ),
  );

/** The fields of a config that are about its account. */
export const accountFields = {
  roles: z.optional(
    z.strictObject({
      path: z.optional(path),
      permissionsBoundary: z.optional(permissionsBoundary),
    } satisfies Record<keyof RolesConfig, z.ZodMiniType>),
  ),
} satisfies Record<keyof AccountConfig, z.ZodMiniType>;
