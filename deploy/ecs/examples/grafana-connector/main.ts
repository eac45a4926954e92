// The app of this example: docs/connectors.md has its commands.
import { deploy } from '../../stack.ts';
import { grafanaConnector } from './stack.ts';

deploy(grafanaConnector);
