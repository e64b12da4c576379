import { App } from 'aws-cdk-lib';
import { PlatformStack } from './platform-stack.ts';

// npx cdk synth --app 'node --conditions=@org/source packages/infra/examples/platform/app.ts'
new PlatformStack(new App(), 'Platform');
