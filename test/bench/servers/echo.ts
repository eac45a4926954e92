// An application that sends each WebSocket message back. `echo.ts PORT`
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]) });
server.on('connection', function echo(socket) {
  socket.on('message', (data, binary) => socket.send(data, { binary }));
});
