/**
 * The text of a GitHub workflow that checks a pull request, shows what it changes, and deploys what is merged.
 *
 * @param folder Of the config below the root of the repository; empty for the root itself.
 * @param config Name of its file.
 */
export function workflowText(region: string, folder: string, config: string): string {
  const base = ['$GITHUB_WORKSPACE/base', ...(folder === '' ? [] : [folder])].join('/');
  const inFolder =
    folder === '' ? '' : `\ndefaults:\n  run:\n    working-directory: ${JSON.stringify(folder)}\n`;
  return `# Checks a pull request and shows what it would change, without access to AWS; deploys what is merged into main.
#
# Deploying needs no stored secret: GitHub shows AWS which repository runs this, and AWS lends it a role.
# 1. Make that role: https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
#    Its trust policy should name this repository and its branch main. It may assume the roles of "cdk bootstrap"
#    (arn:aws:iam::ACCOUNT:role/cdk-*), and what docs/deploy.md of @org/bedrock-proxy lists for "deploy".
# 2. Name it in the variable AWS_ROLE_ARN of the repository. Until then, nothing is deployed.
name: proxy

on:
  pull_request:
  push:
    branches: [main]

permissions:
  contents: read
${inFolder}
jobs:
  check:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
        with:
          persist-credentials: false
      - uses: actions/checkout@v6
        with:
          ref: \${{ github.base_ref }}
          path: base
          persist-credentials: false
      - uses: actions/setup-node@v6
        with:
          node-version: 24
      - run: npm ci
      - run: npx proxy config check
      - name: What would change
        run: |
          (cd "${base}" && npm ci && npx proxy synth)
          npx proxy diff --template "${base}/cdk.out" --against "${base}/${config}"

  deploy:
    if: github.event_name == 'push' && vars.AWS_ROLE_ARN != ''
    runs-on: ubuntu-latest
    permissions:
      contents: read
      id-token: write
    concurrency: proxy-deploy
    steps:
      - uses: actions/checkout@v6
        with:
          persist-credentials: false
      - uses: actions/setup-node@v6
        with:
          node-version: 24
      - run: npm ci
      - uses: aws-actions/configure-aws-credentials@v5
        with:
          role-to-assume: \${{ vars.AWS_ROLE_ARN }}
          aws-region: ${region}
      - run: npx proxy deploy --yes
`;
}
