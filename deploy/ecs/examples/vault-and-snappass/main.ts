// The app of this example: docs/deploying-on-ecs.md has its commands.
import { deploy } from '../../stack.ts';
import { vaultAndSnapPass } from './stack.ts';

deploy(vaultAndSnapPass);
