/** A compared client: a file of `clients/`, and the packages that a program installs for it. */
export interface Subject {
  readonly name: string;
  readonly title: string;
  readonly packages: readonly string[];
  /** An SDK, which does about as much as our client; the others do less. */
  readonly sdk: boolean;
  /** Some of it is CommonJS. */
  readonly commonJs?: true;
}

export const ours: Subject = {
  name: 'ours',
  title: '**@org/bedrock-client**',
  packages: ['@org/bedrock-client'],
  sdk: false,
};

export const subjects: readonly Subject[] = [
  { name: 'fetch', title: 'raw fetch', packages: [], sdk: false },
  { name: 'ky', title: 'ky, as shipped', packages: ['ky'], sdk: false },
  { name: 'ky-bare', title: 'ky, without its retry and timeout', packages: ['ky'], sdk: false },
  { name: 'ky-as-ours', title: 'ky, with the options that ours gives it', packages: ['ky'], sdk: false },
  ours,
  { name: 'anthropic', title: '@anthropic-ai/sdk', packages: ['@anthropic-ai/sdk'], sdk: true },
  { name: 'openai', title: 'openai', packages: ['openai'], sdk: true },
  { name: 'vercel', title: 'Vercel AI SDK', packages: ['ai', '@ai-sdk/openai'], sdk: true, commonJs: true },
];
