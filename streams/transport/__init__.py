"""Transport: Kafka in, carriers out, and nothing lost on the way.

`offsets` keeps the books, `safe` mends Faust's aiokafka driver, `batch` puts one fetch into one event, `app` builds the
Faust app and attaches the loop, `bare` does the same without Faust.
"""
