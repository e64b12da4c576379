import { join } from 'node:path';
import { BedrockProxy, synthesize } from '@org/infra/stack';
import { App, Stack } from 'aws-cdk-lib';
import { configs } from './configs.ts';

const [directory] = process.argv.slice(2);
if (!directory) throw new Error('Usage: synthesize-configs.ts DIRECTORY');
for (const [name, config] of Object.entries(configs)) {
  // None of them is deployed to AWS.
  synthesize(config, { outdir: join(directory, name), builtinCloudFormationValidation: false });
}

// The same deployment as a construct of somebody's own app.
const { counted: config } = configs;
const app = new App({ outdir: join(directory, 'platform'), analyticsReporting: false });
new BedrockProxy(new Stack(app, 'Platform', { env: { region: config.region } }), 'Proxy', { config });
app.synth();
