// Short connections in a row: client ADDRESS PORT TIMES. Prints when it dials and "connected N"; stays until its standard input ends.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"
)

func main() {
	times, _ := strconv.Atoi(os.Args[3])
	fmt.Printf("dialling %s %d\n", os.Args[2], time.Now().UnixNano()/1000)
	for i := 0; i < times; i++ {
		connection, err := net.Dial("tcp", net.JoinHostPort(os.Args[1], os.Args[2]))
		if err != nil {
			panic(err)
		}
		connection.Write(make([]byte, 64))
		io.ReadFull(connection, make([]byte, 64))
		connection.Close()
	}
	fmt.Printf("connected %d\n", times)
	io.Copy(io.Discard, os.Stdin)
}
