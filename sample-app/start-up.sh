#!/bin/sh
# Unpacks the jar of the sample into a directory, and makes the archive of classes there that lets the JVM start sooner:
# an AOT cache with JDK 25 (JEP 514), an archive for class data sharing (CDS) with older ones.
#
#   sample-app/start-up.sh sample-app/target/sample-app.jar /opt/sample
#
# The last line that it prints is the command that uses it. The archive fits this JVM, this jar and this directory alone; with
# any other the JVM starts as without it.
set -eu

jar=$1
directory=$2
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
version=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p')
name=$(basename "$jar")
log=$directory/training.log

"$java" -Djarmode=tools -jar "$jar" extract --force --destination "$directory" > /dev/null
cd "$directory"
if [ "$version" -ge 25 ]; then
	make=-XX:AOTCacheOutput=sample.aot
	use=-XX:AOTCache=$PWD/sample.aot
else
	make=-XX:ArchiveClassesAtExit=sample.jsa
	use=-XX:SharedArchiveFile=$PWD/sample.jsa
fi

# The training run serves nobody else, and sends requests to itself so that what they need is in the archive, too.
"$java" "$make" -jar "$name" --server.port=0 --management.server.port=0 \
	--pingora.services.echo.listeners=127.0.0.1:0 --pingora.services.tcp-echo.listeners=127.0.0.1:0 \
	--pingora.upgrade.sock="$PWD/training.sock" --pingora.upgrade.warm-up.cold-start=true \
	--pingora.upgrade.warm-up.requests[0].path=/hello \
	--pingora.upgrade.warm-up.requests[1].path=/ --pingora.upgrade.warm-up.requests[1].service=echo > "$log" 2>&1 &
pid=$!
for attempt in $(seq 120); do
	grep -q 'Phase RUNNING' "$log" && break
	kill -0 "$pid" || { cat "$log"; exit 1; }
	sleep 0.5
done
kill -TERM "$pid"
wait "$pid" || true
echo "java $use -jar $PWD/$name"
