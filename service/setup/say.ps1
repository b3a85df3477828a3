# What is said, a line for each step; what was done so far, so that it can be undone; and how it all ends.

$Setup = @{
    # Of a failure that nobody foresaw.
    exitCode   = 1
    undo       = New-Object System.Collections.ArrayList
    unfinished = New-Object System.Collections.ArrayList
    # A change that a running service does not notice.
    restart    = $false
    suspended  = $false
}

$PastTense = @{
    add = 'added'; copy = 'copied'; create = 'created'; remove = 'removed'; restore = 'restored'; start = 'started'
    stop = 'stopped'; update = 'updated'
}

function Write-Line([string]$text) { Write-Information -MessageData $text -InformationAction Continue }

function Write-Step([string]$verb, [string]$text) {
    $width = 10
    if ($WhatIfPreference) { $width = 13 }
    Write-Line ('  ' + $verb.PadRight($width) + ' ' + $text)
}

# Makes a change and says that it did; with -WhatIf only says that it would. The one door through which changes go.
# A block that finds that there was nothing to change answers with the word for it.
function Invoke-Change([string]$verb, [string]$text, [scriptblock]$change) {
    if ($WhatIfPreference) {
        Write-Step "would $verb" $text
        return
    }
    try { $answer = & $change | Select-Object -Last 1 }
    catch {
        # A failure of our own is in words already.
        if ($Setup.ContainsKey('said')) { throw }
        Stop-Failed "$text`: $($_.Exception.Message)"
    }
    if ($answer -is [string]) { Write-Step $answer $text }
    else { Write-Step $PastTense[$verb] $text }
}

# The same for something that may be right as it is. $present says whether there is any yet.
function Set-Right([bool]$present, [bool]$right, [string]$text, [scriptblock]$change) {
    if ($right) { Write-Step 'unchanged' $text }
    elseif ($present) { Invoke-Change 'update' $text $change }
    else { Invoke-Change 'create' $text $change }
}

# Before anything was changed: a wrong option, or a machine on which it cannot work.
function Stop-Refused([string]$text) {
    $Setup.exitCode = 2
    $Setup.said = $true
    throw $text
}

function Stop-Failed([string]$text) {
    $Setup.said = $true
    throw $text
}

# Done in reverse when something fails later. The block is handed the argument, and may answer with what it kept.
function Add-Undo([string]$text, [scriptblock]$undo, $argument) {
    [void]$Setup.undo.Add(@{ text = $text; undo = $undo; argument = $argument })
}

# The same for what has to be undone last, whatever comes first.
function Add-LastUndo([string]$text, [scriptblock]$undo, $argument) {
    $Setup.undo.Insert(0, @{ text = $text; undo = $undo; argument = $argument })
}

function Add-Unfinished([string]$text) {
    [void]$Setup.unfinished.Add($text)
    Write-Step 'unfinished' $text
}

function Write-Failure($record) {
    $text = [string]$record.Exception.Message
    # Where a mistake of these scripts is: nobody foresaw it, so nobody has put it into words.
    if (-not $Setup.ContainsKey('said')) { $text += " ($(Split-Path -Leaf ([string]$record.InvocationInfo.ScriptName)), line $($record.InvocationInfo.ScriptLineNumber))" }
    if ($Setup.exitCode -eq 2) { Write-Step 'refused' $text }
    else { Write-Step 'failed' $text }
}

# Undoes what was done so far, the last first.
function Undo-Setup {
    $steps = @($Setup.undo)
    $Setup.undo.Clear()
    [Array]::Reverse($steps)
    $Setup.outcome = 'Nothing was changed.'
    if ($steps.Length -gt 0) { $Setup.outcome = 'What had been changed was changed back.' }
    foreach ($step in $steps) {
        try {
            $kept = & $step.undo $step.argument | Select-Object -Last 1
            if ($kept -is [string]) { Write-Step 'kept' $kept }
            else { Write-Step 'undone' $step.text }
        }
        catch {
            $Setup.outcome = 'Not all of it could be changed back: see the lines "left".'
            Write-Step 'left' "$($step.text): $($_.Exception.Message)"
        }
    }
}

# The last line, and the exit code.
function Complete-Setup([bool]$isDone, [string]$text) {
    if (-not $isDone) {
        Write-Line $Setup.outcome
        return $Setup.exitCode
    }
    if ($WhatIfPreference) { $text = 'Nothing was changed, because of -WhatIf.' }
    if ($Setup.unfinished.Count -eq 0) {
        Write-Line $text
        return 0
    }
    Write-Line "$text Something is left to do: see the lines `"unfinished`"."
    return 3
}
