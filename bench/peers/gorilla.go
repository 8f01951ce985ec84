// Go with gorilla/websocket: its hub of the chat example, a goroutine that writes for each socket, with
// messages prepared once. A line N on standard input sends N messages of 1,024 bytes to every socket.
// Run: PORT as the only argument.
package main

import (
	"bufio"
	"bytes"
	"net/http"
	"os"
	"strconv"
	"sync"

	"github.com/gorilla/websocket"
)

const waiting = 256

var (
	upgrader = websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024}
	lock     sync.Mutex
	sockets  = map[chan *websocket.PreparedMessage]bool{}
)

func live(writer http.ResponseWriter, request *http.Request) {
	connection, err := upgrader.Upgrade(writer, request, nil)
	if err != nil {
		return
	}
	messages := make(chan *websocket.PreparedMessage, waiting)
	lock.Lock()
	sockets[messages] = true
	lock.Unlock()
	go func() {
		for message := range messages {
			if connection.WritePreparedMessage(message) != nil {
				return
			}
		}
	}()
	for {
		if _, _, err := connection.ReadMessage(); err != nil {
			lock.Lock()
			delete(sockets, messages)
			lock.Unlock()
			connection.Close()
			return
		}
	}
}

func main() {
	http.HandleFunc("/live", live)
	go http.ListenAndServe("127.0.0.1:"+os.Args[1], nil)
	payload := bytes.Repeat([]byte("x"), 1024)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		count, _ := strconv.Atoi(lines.Text())
		for sent := 0; sent < count; sent++ {
			message, _ := websocket.NewPreparedMessage(websocket.TextMessage, payload)
			lock.Lock()
			for messages := range sockets {
				messages <- message
			}
			lock.Unlock()
		}
	}
}
